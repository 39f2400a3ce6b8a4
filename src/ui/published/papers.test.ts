import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { citation, namedCitation, type Papers } from './papers.ts';
import { swapPeakMarks } from './swap-peaks.ts';

const file = new URL('../../../public/published/papers.json', import.meta.url);
const papers = JSON.parse(readFileSync(file, 'utf8')) as Papers;
const shares = (rows: readonly (readonly number[])[]) =>
  rows.flat().every((share) => share >= 0 && share <= 1);

test('every table names its paper and place', () => {
  const { papers: named, ...tables } = papers;
  for (const table of Object.values(tables)) {
    expect(named[table.paper].url).toMatch(/^https:\/\/arxiv\.org\/abs\//);
    expect(citation(papers, table)).toMatch(/^arXiv:\d{4}\.\d{5}(v1)?, \S/);
    expect(namedCitation(papers, table)).toMatch(/^[A-Z]\w+: arXiv:/);
  }
});

test('merging has a number for each variant and metric of each recipe', () => {
  for (const metrics of Object.values(papers.merging.recipes)) {
    expect(Object.keys(metrics)).toEqual(['M_vis', 'M_v2r', 'M_rea']);
    for (const row of Object.values(metrics)) expect(row).toHaveLength(papers.merging.variants.length);
    expect(shares(Object.values(metrics))).toBe(true);
  }
  // Base is one model: every recipe prints the same numbers for it.
  const base = Object.values(papers.merging.recipes).map((metrics) =>
    Object.values(metrics).map(([first]) => first),
  );
  expect(new Set(base.map(String)).size).toBe(1);
});

test('freezing and image against text have a number for each column', () => {
  for (const table of [papers.freezing, papers.imageVersusText]) {
    for (const row of Object.values(table.rows)) expect(row).toHaveLength(table.columns.length);
    expect(shares(Object.values(table.rows))).toBe(true);
  }
});

test('swap peaks stand at their layers in a model as deep, elsewhere at the same depth', () => {
  const at = (layers: number) =>
    swapPeakMarks(papers, layers).map((mark) => (mark.kind === 'peak' ? mark.layer : 0));
  // Printed from 0; the app counts LLM layers from 1.
  expect(at(28)).toEqual([0, 13, 19, 23]);
  expect(at(12)).toEqual([0, 6, 8, 10]);
  const [, counting] = swapPeakMarks(papers, 12);
  expect(counting).toMatchObject({
    ...{ panel: 'Counting', label: 'VFL layer 12 of 28, stretched to 6 of 12', short: 'VFL layer 12 of 28' },
  });
  const [first] = swapPeakMarks(papers, 28);
  expect([first?.label, first?.short]).toEqual(['VFL layers 0 to 10, here 1 to 11', undefined]);
});
