import type { Component } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import { clearStage, stage } from '../testing/stage.ts';
import WholeParts from './WholeParts.svelte';

const TEXT = 'Settings · Tasks: all · Pairs of each task: 25; Swap: one layer';

/** Parts in sight at a width, in pixels. */
function seen(width: number): readonly string[] {
  clearStage();
  stage(WholeParts as unknown as Component<Record<string, unknown>>, { text: TEXT }, width);
  const line = document.querySelector<HTMLElement>('.parts');
  if (!line) throw new Error('nothing is drawn');
  expect(line.textContent).toBe(TEXT);
  const box = line.getBoundingClientRect();
  const parts = [...line.children].map((part) => ({ part, at: part.getBoundingClientRect() }));
  const inSight = parts.filter(({ at }) => at.top < box.bottom - 1);
  for (const { at } of inSight) {
    expect(at.right).toBeLessThanOrEqual(box.right + 0.5);
    expect(at.bottom).toBeLessThanOrEqual(box.bottom + 0.5);
  }
  return inSight.map(({ part }) => part.textContent ?? '');
}

afterEach(clearStage);

test('parts that fit are in sight, each whole; others are not, and are there for who listens', () => {
  expect(seen(900)).toEqual(['Settings', ' · Tasks: all', ' · Pairs of each task: 25', '; Swap: one layer']);
  expect(seen(220)).toEqual(['Settings', ' · Tasks: all']);
  expect(seen(100)).toEqual(['Settings']);
});
