import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rendered } from '../../../scripts/vite/guide.mjs';
import { EVALUATIONS, PROBES, UPDATES } from '../../analyses/registry.ts';
import { estimateMemory } from '../../engine/estimate.ts';
import { QWEN_7B } from '../../engine/testing/qwen-7b.ts';
import { planWeights } from '../../engine/weights/plan.ts';
import { en } from '../analysis-page/texts.ts';
import { zh } from '../analysis-page/texts.zh.ts';

const FOLDER = new URL('../../../docs/', import.meta.url);
const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const cellsOf = (line: string): string[] => line.split('|').map((cell) => cell.trim());
const CHINESE = import.meta.glob<{ readonly title: string }>('../../analyses/*/words.zh.mjs', {
  eager: true,
  import: 'words',
});

/** Both guides; `other` has pages of one analysis by what is done there. */
const GUIDES = [
  {
    file: 'guide.md',
    titles: [...UPDATES, ...PROBES, ...EVALUATIONS].map(([, { words }]) => words.title),
    other: ['Stitch', 'Frozen runs', 'Gap'],
    pages: en.pages,
  },
  {
    file: 'guide.zh.md',
    titles: Object.values(CHINESE).map(({ title }) => title),
    other: ['拼接', '冻结训练', '图文差距'],
    pages: zh.pages,
  },
] as const;

describe.each(GUIDES)('$file', ({ file, titles, other, pages }) => {
  const text = textOf(file);
  const lines = text.split('\n');

  test('names every analysis, on its page', () => {
    const { transfer, necessity, perception, localize, characterize } = pages;
    const called = new Map([transfer, necessity, perception].map(({ title }, at) => [title, other[at]]));
    const rows = lines.filter((line) => /^\| (?!-)/.test(line)).map(cellsOf);
    const analyses = rows.slice(1, 1 + titles.length);
    expect(analyses.map(([, , named]) => named).sort()).toEqual(
      titles.map((title) => called.get(title) ?? title).sort(),
    );
    expect(new Set(analyses.map(([, page]) => page))).toEqual(
      new Set([localize, characterize, transfer, necessity, perception].map(({ title }) => title)),
    );
  });

  test.each(['q4', 'q8', 'f16', 'f32'] as const)('its memory of a 7B in %s is what is estimated', (dtype) => {
    const gpu = { device: 'webgpu', maxTensorBytes: 2 ** 31 } as const;
    const plan = planWeights(QWEN_7B, dtype, gpu.maxTensorBytes);
    const of = (rows: number) => estimateMemory(QWEN_7B, plan, { rows, tokens: 1500 }, gpu, 0);
    const line = lines.find((one) => one.startsWith(`| ${dtype} `)) ?? '';
    expect(cellsOf(line).slice(2, 5)).toEqual(
      [of(1).weightBytes, of(1).totalBytes, of(1 + QWEN_7B.text.layers).totalBytes].map(
        (bytes) => `${(bytes / 1e9).toFixed(1)} GB`,
      ),
    );
  });

  test('is whole in the app: every picture is there and said in words, and nothing leads out of it', () => {
    const { html, pictures } = rendered(text, 'a table');
    expect(pictures).toHaveLength(3);
    for (const picture of pictures) expect(existsSync(new URL(picture, FOLDER)), picture).toBe(true);
    expect(html.match(/<img [^>]*alt="[^"]{20,}"/g)).toHaveLength(3);
    expect(html.match(/aria-label="a table"/g)).toHaveLength(2);
    expect(html).not.toMatch(/<a |<script|<h1/);
    expect(html.match(/<h3>/g)?.length).toBe(text.match(/^## /gm)?.length);
    expect(html.match(/<tr>/g)?.length).toBe(text.match(/^\|(?! -)/gm)?.length);
  });
});

test('both guides have the same parts, commands and documents', () => {
  const [english = [], chinese] = GUIDES.map(({ file }) => {
    const text = textOf(file);
    return [/^#+/gm, /^\d\.|^-/gm, /\]\([^)]*\)/g, /```[^`]*```/g, /\d+\.\d GB/g].map((part) =>
      // Pictures are in the language of what they stand in.
      (text.match(part) ?? []).map((found) => found.replace('.zh.png', '.png')),
    );
  });
  expect(english.every((found) => found.length > 0)).toBe(true);
  expect(chinese).toEqual(english);
});
