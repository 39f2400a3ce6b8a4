import { readFileSync } from 'node:fs';
import { lab } from 'd3';
import { describe, expect, test } from 'vitest';
import { contrast } from './contrast.ts';
import { MOST_CHECKPOINTS, identityAt } from './identity.ts';

/** Base, IN, RL and three frozen runs. */
const DEMO_FAMILY = 6;
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)/g)].map((m) => [
    m[1] as string,
    { light: m[2] as string, dark: m[3] as string },
  ]),
);
const token = (name: string) => {
  const found = tokens.get(name);
  if (!found) throw new Error(`no token ${name}`);
  return found;
};

test('contrast is the WCAG ratio', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  // WCAG's own borderline example: #767676 is the lightest grey that passes 4.5 on white.
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  const grounds = ['ground', 'ground-raised'].map((name) => token(name)[theme]);

  test.each(['ink', 'ink-soft'])('%s is readable text (AA, 4.5 : 1)', (name) => {
    for (const ground of grounds) expect(contrast(token(name)[theme], ground)).toBeGreaterThanOrEqual(4.5);
  });

  test('the edge of a control is visible (3 : 1)', () => {
    expect(contrast(token('rule-strong')[theme], token('ground')[theme])).toBeGreaterThanOrEqual(3);
  });

  test('no two checkpoints of the demo family look alike (ΔE*ab of at least 20)', () => {
    const colours = Array.from({ length: DEMO_FAMILY }, (_, i) =>
      lab(token(identityAt(i).colour.replace(/^var\(--|\)$/g, ''))[theme]),
    );
    for (const [i, one] of colours.entries())
      for (const other of colours.slice(i + 1))
        expect(Math.hypot(one.l - other.l, one.a - other.a, one.b - other.b)).toBeGreaterThanOrEqual(20);
  });

  test.each(Array.from({ length: MOST_CHECKPOINTS }, (_, i) => identityAt(i)))(
    'the colour of $label is a visible mark (3 : 1)',
    ({ colour }) => {
      const name = colour.replace(/^var\(--|\)$/g, '');
      for (const ground of grounds) expect(contrast(token(name)[theme], ground)).toBeGreaterThanOrEqual(3);
    },
  );
});

test('IN and RL keep the papers’ exact colours on the light ground', () => {
  expect(token('checkpoint-in').light).toBe('#0072b2');
  expect(token('checkpoint-rl').light).toBe('#d55e00');
});
