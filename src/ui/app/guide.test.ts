import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rendered } from '../../../scripts/vite/guide.mjs';
import { EVALUATIONS, PROBES, UPDATES } from '../../analyses/registry.ts';
import { estimateMemory } from '../../engine/estimate.ts';
import { QWEN_7B } from '../../engine/testing/qwen-7b.ts';
import { planWeights } from '../../engine/weights/plan.ts';

const FOLDER = new URL('../../../docs/', import.meta.url);
const TEXT = readFileSync(new URL('guide.md', FOLDER), 'utf8');
const cellsOf = (line: string): string[] => line.split('|').map((cell) => cell.trim());

test('the guide names every analysis', () => {
  const named = TEXT.split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => cellsOf(line)[2]);
  const other = new Map([
    ['Transfer', 'Stitch'],
    ['Necessity', 'Frozen runs'],
    ['Perception or reasoning', 'Gap'],
  ]);
  for (const { words } of [...UPDATES.values(), ...PROBES.values(), ...EVALUATIONS.values()])
    expect(named).toContain(other.get(words.title) ?? words.title);
});

test.each(['q4', 'q8', 'f16', 'f32'] as const)('its memory of a 7B in %s is what is estimated', (dtype) => {
  const gpu = { device: 'webgpu', maxTensorBytes: 2 ** 31 } as const;
  const plan = planWeights(QWEN_7B, dtype, gpu.maxTensorBytes);
  const of = (rows: number) => estimateMemory(QWEN_7B, plan, { rows, tokens: 1500 }, gpu, 0);
  const line = TEXT.split('\n').find((one) => one.startsWith(`| ${dtype} `)) ?? '';
  expect(cellsOf(line).slice(2, 5)).toEqual(
    [of(1).weightBytes, of(1).totalBytes, of(1 + QWEN_7B.text.layers).totalBytes].map(
      (bytes) => `${(bytes / 1e9).toFixed(1)} GB`,
    ),
  );
});

test('it is whole in the app: every picture is there and said in words, and nothing leads out of it', () => {
  const { html, pictures } = rendered(TEXT);
  expect(pictures).toHaveLength(3);
  for (const picture of pictures) expect(existsSync(new URL(picture, FOLDER)), picture).toBe(true);
  expect(html.match(/<img [^>]*alt="[^"]{30,}"/g)).toHaveLength(3);
  expect(html).not.toMatch(/<a |<script|<h1/);
  expect(html.match(/<h3>/g)?.length).toBe(TEXT.match(/^## /gm)?.length);
  expect(html.match(/<tr>/g)?.length).toBe(TEXT.match(/^\|(?! -)/gm)?.length);
});
