import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Metric } from '../../grading/metrics.ts';
import { experimentsOf } from '../results/experiments-of.ts';
import { readResults } from '../testing/results.ts';
import { resultFiles } from '../testing/results.ts';
import type { GradedAnswer } from './graded.ts';
import { metricTable } from './metric-table.ts';

interface Expected {
  readonly n: number;
  readonly hits: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly transitions: readonly [number, number, number, number];
  readonly p?: number;
  readonly adjusted?: number;
  readonly delta?: number;
}

const DATA = new URL('../../../tools/goldens/data/grading/', import.meta.url);
const expected = JSON.parse(readFileSync(new URL('transfer.json', DATA), 'utf8')) as Readonly<
  Record<string, Readonly<Record<Metric, Expected>>>
>;

function folder(): Map<string, Blob> {
  const root = fileURLToPath(new URL('transfer/', DATA));
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path), new Blob([readFileSync(path)])]),
  );
}

const DIGITS = 10;

describe('the table of a folder in the reference’s layout', () => {
  it('is what NumPy, SciPy and statsmodels say', async () => {
    const rows = metricTable(await readResults(folder()), 'IN');
    expect(rows.map(({ variant }) => variant).sort()).toEqual(Object.keys(expected).sort());
    for (const { variant, cells } of rows) {
      for (const [metric, want] of Object.entries(expected[variant] ?? {})) {
        const cell = cells[metric as Metric];
        expect([cell?.n, cell?.hits], `${variant} ${metric}`).toEqual([want.n, want.hits]);
        expect(cell?.value).toBeCloseTo(want.value, DIGITS);
        expect(cell?.interval.low).toBeCloseTo(want.low, DIGITS);
        expect(cell?.interval.high).toBeCloseTo(want.high, DIGITS);
        const counts = cell?.transitions;
        if (metric !== 'M_rea') {
          const found = [counts?.n_TT, counts?.n_TF, counts?.n_FT, counts?.n_FF];
          expect(found).toEqual(want.transitions);
        }
        if (want.p === undefined) expect(cell?.against).toBeUndefined();
        else {
          expect(cell?.against?.p).toBeCloseTo(want.p, DIGITS);
          expect(cell?.against?.adjustedP).toBeCloseTo(want.adjusted ?? NaN, DIGITS);
          expect(cell?.against?.delta).toBeCloseTo(want.delta ?? NaN, DIGITS);
        }
      }
    }
  });

  it('changes with every single verdict', async () => {
    const graded = await readResults(folder());
    const numbers = (answers: readonly GradedAnswer[]): string => {
      const rows = metricTable(answers, 'IN');
      const shown = rows.map(({ cells }) =>
        Object.values(cells).map((cell) => [cell.hits, cell.transitions]),
      );
      return JSON.stringify(shown);
    };
    const before = numbers(graded);
    for (let at = 0; at < graded.length; at += 7) {
      const flipped = graded.map((answer, index) =>
        index === at ? { ...answer, correct: !answer.correct } : answer,
      );
      expect(numbers(flipped), graded[at]?.id).not.toBe(before);
    }
  });

  it('leaves samples without both settings out until they are answered', async () => {
    const graded = await readResults(folder());
    const open = graded.filter(
      ({ variant, setting, id }) => variant !== 'RL' || setting !== 'B_black_image_prompt' || Number(id) < 5,
    );
    const row = metricTable(open, 'IN').find(({ variant }) => variant === 'RL');
    expect(row?.cells.M_vis).toMatchObject({ n: 5, against: { n: 5 } });
    expect(row?.cells.M_v2r?.n).toBe(18);
  });
});

describe('a folder with two experiments of one metric', () => {
  /** Of n samples the first `hits` are right; both experiments use the same ids. */
  const records = (variant: string, experiment: string, hits: number, n: number): [string, Blob] => {
    const lines = Array.from({ length: n }, (_, id) => ({ id, gold_answer: '7', correct: id < hits }));
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    return [`run/${variant}/${experiment}/A_prompt_only.jsonl`, new Blob([text])];
  };
  const both = new Map([
    records('IN', 'reasoning_math500', 3, 4),
    records('IN', 'pure_reasoning', 10, 100),
    records('RL', 'reasoning_math500', 4, 4),
    records('IN, pure_reasoning', 'reasoning_math500', 0, 4),
  ]);

  it('has a row for each: neither samples nor intervals are pooled', async () => {
    const graded = await readResults(both);
    const rows = metricTable(graded, 'IN');
    expect(
      rows.map(({ name, variant, experiment, cells }) => [name, variant, experiment, cells.M_rea?.n]),
    ).toEqual([
      ['IN, reasoning_math500', 'IN', 'reasoning_math500', 4],
      ['IN, pure_reasoning’', 'IN', 'pure_reasoning', 100],
      ['RL, reasoning_math500', 'RL', 'reasoning_math500', 4],
      ['IN, pure_reasoning, reasoning_math500', 'IN, pure_reasoning', 'reasoning_math500', 4],
    ]);
    // Wilson in closed form, z = 1.96: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
    const z = 1.959963984540054;
    for (const [at, p, n] of [
      [0, 3 / 4, 4],
      [1, 1 / 10, 100],
    ] as const) {
      const half = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
      const [middle, scale] = [p + z ** 2 / (2 * n), 1 + z ** 2 / n];
      const cell = rows[at]?.cells.M_rea;
      expect(cell?.value).toBe(p);
      expect(cell?.interval.low).toBeCloseTo((middle - half) / scale, DIGITS);
      expect(cell?.interval.high).toBeCloseTo((middle + half) / scale, DIGITS);
    }
    // RL against IN on the four samples that both answered, and on no other.
    expect(rows[2]?.cells.M_rea?.against).toMatchObject({ n: 4, delta: 1 / 4, gained: 1, lost: 0 });
  });

  it('is written with both, each under its name', async () => {
    const graded = await readResults(both);
    const files = resultFiles(metricTable(graded, 'IN'), graded, experimentsOf(graded), {});
    expect(JSON.parse(files.get('paper_metrics.json') ?? '')).toMatchObject({
      'IN, reasoning_math500': { M_rea: 0.75 },
      'IN, pure_reasoning’': { M_rea: 0.1 },
    });
    expect(JSON.parse(files.get('IN/pure_reasoning/summary.json') ?? '')).toMatchObject({
      N: 100,
      correct: 10,
    });
    expect(JSON.parse(files.get('IN/reasoning_math500/summary.json') ?? '')).toMatchObject({
      N: 4,
      correct: 3,
    });
    expect(
      await readResults(new Map([...files].map(([path, text]) => [path, new Blob([text])]))),
    ).toHaveLength(graded.length);
  });
});

describe('reading results', () => {
  const one = (path: string, ...lines: object[]): Map<string, Blob> =>
    new Map([[path, new Blob([lines.map((line) => JSON.stringify(line)).join('\n')])]]);
  const record = { id: 1, gold_answer: '7', correct: true };
  const path = 'run/IN/reasoning_math500/A_prompt_only.jsonl';

  it('passes over what is none, and says where there is nothing', async () => {
    const files = new Map([...one(path, record), ...one('splits/math.jsonl', { id: 1 })]);
    expect(await readResults(files)).toHaveLength(1);
    await expect(readResults(one('splits/a/b.jsonl', record))).rejects.toMatchObject({ name: 'NoResults' });
  });

  it.each([
    ['MissingField', path, [{ id: 1, gold_answer: '7' }]],
    ['MissingField', path, [{ id: 1, correct: true }]],
    ['DuplicateId', path, [record, record]],
    ['UnknownSetting', 'IN/reasoning_math500/prompt.jsonl', [record]],
  ])('refuses by name: %s', async (name, at, lines) => {
    await expect(readResults(one(at, ...lines))).rejects.toMatchObject({ name });
  });

  it.each([
    ['two runs side by side', 'old/IN/reasoning_math500/A_prompt_only.jsonl', record],
    ['two settings A', 'run/IN/reasoning_math500/A_prompt.jsonl', record],
    [
      'a folder of another name',
      'run/IN-2/reasoning_math500/A_prompt_only.jsonl',
      { ...record, model: 'IN' },
    ],
  ])('refuses a sample that is answered in two files: %s', async (_, other, second) => {
    const files = new Map([...one(path, record), ...one(other, second)]);
    await expect(readResults(files)).rejects.toMatchObject({
      name: 'DuplicateId',
      what: `line 1 answers 1 for IN, as ${path} does`,
      place: { file: other },
    });
    // Of another model it is another answer.
    const apart = new Map([...one(path, record), ...one(other, { ...second, model: 'RL' })]);
    expect(await readResults(apart)).toHaveLength(2);
  });

  it('takes the judge’s verdict where there is one', async () => {
    const judged = { ...record, correct_gpt: false };
    expect((await readResults(one(path, judged)))[0]?.correct).toBe(false);
    const both = { ...judged, correct_primary: true };
    expect((await readResults(one(path, both)))[0]?.correct).toBe(true);
  });
});
