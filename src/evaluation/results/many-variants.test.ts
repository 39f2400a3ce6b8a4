/** Opened results may be of thousands of variants: what is made of them takes time that grows with their number, not its square. */
import { expect, test } from 'vitest';
import type { GradedAnswer } from '../tables/graded.ts';
import { metricTable } from '../tables/metric-table.ts';
import { experimentsOf } from './experiments-of.ts';
import { variantFolders } from './variant-folders.ts';
import { resultPieces } from './write.ts';

const VARIANTS = 12_000;
/** Seconds of CPU; what compares all with all takes ten and more. */
const MOST_CPU = 4;

const EXPERIMENTS = [
  { experiment: 'reasoning_math500', metric: 'M_rea' },
  { experiment: 'pure_reasoning', metric: 'M_rea' },
] as const;

function seconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const answers = Array.from({ length: VARIANTS }, (_, at) =>
  EXPERIMENTS.map((of): GradedAnswer => ({
    ...{ ...of, variant: `v${at}`, settingIndex: 0, setting: 'A_prompt_only', input: 'question_only' },
    ...{ id: '1', question: '?', goldAnswer: '1', response: '1', predicted: '1', correct: at % 2 === 0 },
  })),
).flat();

test('a table of thousands of variants, and its files', () => {
  let rows: ReturnType<typeof metricTable> = [];
  expect(seconds(() => (rows = metricTable(answers, 'v0')))).toBeLessThan(MOST_CPU);
  expect(rows).toHaveLength(2 * VARIANTS);
  expect(rows.map(({ cells }) => cells.M_rea?.hits)).toEqual(answers.map(({ correct }) => Number(correct)));
  let files = new Map() as ReturnType<typeof resultPieces>;
  expect(seconds(() => (files = resultPieces(rows, answers, experimentsOf(answers), {})))).toBeLessThan(
    MOST_CPU,
  );
  expect(files.size).toBe(4 * VARIANTS + 2);
});

test('folders of thousands of variants whose names have no letter', () => {
  const names = Array.from(
    { length: VARIANTS },
    (_, at) => '!'.repeat(1 + (at % 120)) + '?'.repeat(Math.floor(at / 120)),
  );
  let folders: readonly string[] = [];
  expect(seconds(() => (folders = [...variantFolders(names).values()]))).toBeLessThan(MOST_CPU);
  expect([folders.length, new Set(folders).size, ...folders.slice(0, 3)]).toEqual([
    ...[VARIANTS, VARIANTS],
    ...['_', '_-2', '_-3'],
  ]);
});
