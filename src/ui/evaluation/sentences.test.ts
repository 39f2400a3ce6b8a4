/** Every number of a sentence on merges, frozen runs and puzzles is computed again from the exported table of their chart. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analysis as gap } from '../../analyses/gap/analysis.ts';
import { analysis as necessity } from '../../analyses/necessity/analysis.ts';
import { analysis as transfer } from '../../analyses/transfer/analysis.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import { LEAST } from '../../few-items.mjs';
import { evenShares, points } from '../../number-text.mjs';
import { type ExportedRow, exportedRows, numberIn, numbersOf } from '../analyses/testing/exported-table.ts';
import { dotTable } from '../charts/interval-dots/dots.ts';
import { gapColumns, gapDots, gapLines } from '../perception/gap-dots.ts';
import { metricColumns, metricDots } from './metric-dots.ts';

const counts = fc.oneof(fc.constantFrom(1, 2, 12), fc.integer({ min: 3, max: 40 }));
const verdicts = (columns: number): fc.Arbitrary<boolean[][]> =>
  counts.chain((n) =>
    fc.array(fc.array(fc.boolean(), { minLength: columns, maxLength: columns }), {
      minLength: n,
      maxLength: n,
    }),
  );

const answered = (more: Partial<GradedAnswer>): GradedAnswer =>
  ({ goldAnswer: '1', question: '?', response: '1', rule: 'equivalence', ...more }) as GradedAnswer;

const VARIANTS = ['IN', 'RL', 'IN:RL:RL'];
const row = (rows: readonly ExportedRow[], variant: string, metric: string): ExportedRow | undefined =>
  rows.find((one) => one['variant'] === variant && one['metric'] === metric);

/** Each row has n, and an interval that is wider than nothing and holds the share. */
function expectIntervals(rows: readonly ExportedRow[]): void {
  for (const one of rows) {
    const [value, low, high] = ['value', 'low', 'high'].map((name) => numberIn(one, name)) as [
      number,
      number,
      number,
    ];
    expect(numberIn(one, 'n')).toBeGreaterThan(0);
    expect(low).toBeLessThan(high);
    expect(value).toBeGreaterThanOrEqual(low - 1e-9);
    expect(value).toBeLessThanOrEqual(high + 1e-9);
  }
}

/** A share as sentences have it, from a row of its table. */
function shareOf(one: ExportedRow | undefined): string {
  const [value, low, high, n] = ['value', 'low', 'high', 'n'].map((name) => numberIn(one, name)) as [
    number,
    number,
    number,
    number,
  ];
  if (n < LEAST) return `${Math.round((value / 100) * n)} of ${n} (too few to tell)`;
  const shares = [value, low, high].map((percent) => percent / 100);
  const [share, from, to] = shares.map(evenShares(shares));
  return `${share} (Wilson 95 %: ${from} to ${to}, n = ${n}${n < 10 ? ': few' : ''})`;
}

/** A difference as sentences have it: of so few that nothing is told, what was lost and gained. */
function expectDifference(sentence: string, difference: number, n: number): void {
  if (n >= LEAST) {
    // With a decimal where its interval has one.
    const told = /([\u2212+][\d.]+) points/.exec(sentence)?.[1] ?? '';
    expect(told.replace(/\.0$/, '')).toBe(points(difference));
    return;
  }
  const [lost = 0, gained = 0] = numbersOf(/\d+ lost, \d+ gained/.exec(sentence)?.[0] ?? '');
  expect((gained - lost) / n).toBeCloseTo(difference, 9);
  expect(sentence).not.toContain('%');
}

describe('sentences and exported tables', () => {
  it('of merges and of frozen runs', () => {
    fc.assert(
      fc.property(verdicts(VARIANTS.length), (samples) => {
        const graded = samples.flatMap((right, id) =>
          VARIANTS.map((variant, at) =>
            answered({
              ...{ variant, id: String(id), correct: right[at] === true, metric: 'M_rea' },
              ...{ experiment: 'reasoning_math500', setting: 'A_prompt_only', settingIndex: 0 },
            }),
          ),
        );
        const table = transfer.table(graded, { reference: 'IN' } as never);
        const keys = VARIANTS.map((key) => ({ key, label: key, donors: [] }));
        const rows = exportedRows(dotTable(keys, metricColumns('IN'), metricDots(table, 'IN')));
        expectIntervals(rows);
        const n = samples.length;
        const shareAt = (variant: string) => numberIn(row(rows, variant, 'M_rea (%)'), 'value') / 100;
        const sentences = necessity.findings(table, {} as never);
        for (const variant of VARIANTS.slice(1)) {
          const sentence = sentences.find((one) => one.startsWith(`${variant}, M_rea: `)) ?? '';
          expectDifference(sentence, shareAt(variant) - shareAt('IN'), n);
          expect(sentence).toContain(`n = ${n}`);
          // The note beside the number says the same.
          expect(row(rows, variant, 'M_rea (%)')?.['note']).toBe(
            sentence.slice(`${variant}, M_rea: `.length, -1),
          );
        }
        const [said = ''] = transfer.findings(table, { reference: 'IN' } as never);
        expect(said).toContain(`n = ${n}`);
        for (const [, variant = '', shown = ''] of said.matchAll(/([A-Z:]+) M_rea (\S+) points/g))
          expect(shown).toBe(points(shareAt(variant) - shareAt('IN')));
      }),
      { numRuns: 60 },
    );
  });

  it('no two lines of puzzles are of the same ones', () => {
    const lines = (...kinds: readonly (readonly [category: string, domain: string])[]) =>
      gapLines(
        gap.table(
          kinds.flatMap(([category, domain], id) =>
            ([0, 1] as const).map((settingIndex) =>
              answered({
                ...{ variant: 'RL', id: String(id), category, domain, correct: true, metric: 'gap' },
                ...{ experiment: 'perception_gap', setting: settingIndex === 0 ? 'A' : 'B', settingIndex },
              }),
            ),
          ),
          {} as never,
        ),
      ).map(({ label }) => label);
    const [clock, maze, slide] = [
      ['clock', 'in-domain'],
      ['maze', 'in-domain'],
      ['slide', 'out-of-domain'],
    ] as const;
    expect(lines(clock)).toEqual(['clock']);
    expect(lines(clock, maze)).toEqual(['clock', 'maze', 'all']);
    expect(lines(clock, slide)).toEqual(['clock', 'slide', 'all']);
    expect(lines(clock, maze, slide)).toEqual(['clock', 'maze', 'slide', 'all in-domain', 'all']);
  });

  it('of puzzles by image and by text', () => {
    fc.assert(
      fc.property(fc.tuple(verdicts(2), verdicts(2)), ([clocks, mazes]) => {
        const graded = [
          ...clocks.map((right) => ({ category: 'clock', right })),
          ...mazes.map((right) => ({ category: 'move_box', right })),
        ].flatMap(({ category, right }, id) =>
          ([0, 1] as const).map((settingIndex) =>
            answered({
              ...{
                variant: 'RL',
                id: String(id),
                category,
                correct: right[settingIndex] === true,
                metric: 'gap',
              },
              ...{ experiment: 'perception_gap', setting: settingIndex === 0 ? 'A' : 'B', settingIndex },
            }),
          ),
        );
        const found = gap.table(graded, {} as never);
        const lines = gapLines(found).map(({ key, label }) => ({ key: `RL/${key}`, label, donors: [] }));
        const rows = exportedRows(dotTable(lines, gapColumns(), gapDots(found)));
        expectIntervals(rows);
        const [all = '', widest = ''] = gap.findings(found, {} as never);
        const at = (metric: string) => row(rows, 'all', metric);
        expect(all).toContain(`right by image ${shareOf(at('right by image (%)'))}`);
        expect(all).toContain(`by text ${shareOf(at('right by text (%)'))}`);
        const difference = at('text − image (points)');
        expectDifference(
          all.slice(all.indexOf('text less image')),
          numberIn(difference, 'value') / 100,
          numberIn(difference, 'n'),
        );
        const kinds = ['clock', 'move box'].map((name) => row(rows, name, 'text − image (points)'));
        const most = Math.max(...kinds.map((one) => numberIn(one, 'value')));
        const named = /widest at (clock|move box): /.exec(widest)?.[1] ?? '';
        const chosen = row(rows, named, 'text − image (points)');
        expect(numberIn(chosen, 'value')).toBe(most);
        expect(widest).toContain(`n = ${numberIn(chosen, 'n')}`);
      }),
      { numRuns: 60 },
    );
  });
});
