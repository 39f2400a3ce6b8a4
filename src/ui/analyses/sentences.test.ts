/** Every number of a sentence is computed again from the exported table of the chart that stands beside it (docs/method.md §13). */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analysis as ablate } from '../../analyses/ablate/analysis.ts';
import { analysis as attention } from '../../analyses/attention/analysis.ts';
import { analysis as diversity } from '../../analyses/diversity/analysis.ts';
import { analysis as energy } from '../../analyses/energy/analysis.ts';
import { analysis as lens } from '../../analyses/lens/analysis.ts';
import { analysis as overlap } from '../../analyses/overlap/analysis.ts';
import { analysis as patch } from '../../analyses/patch/analysis.ts';
import { analysis as swap } from '../../analyses/swap/analysis.ts';
import type { TokensRecord } from '../../analyses/tokens/difference.ts';
import { analysis as tokens } from '../../analyses/tokens/analysis.ts';
import { differenceText, layerNames } from '../../analyses/wording.mjs';
import { LEAST } from '../../few-items.mjs';
import { evenShares, percentText, spreadTexts } from '../../number-text.mjs';
import { plainNumber } from '../../plain-number.mjs';
import { errorRates } from '../../probes/ablation/error-rates.ts';
import { ablateLayer } from '../../probes/ablation/experiment.ts';
import type { AblationRecord } from '../../probes/ablation/sweep.ts';
import { attentionDifference } from '../../probes/attention/difference.ts';
import { attentionByLayer } from '../../probes/attention/layer-means.ts';
import type { AttentionRecord } from '../../probes/attention/shift.ts';
import type { FinishedAnswer } from '../../probes/finished-answer.ts';
import { lensByDepth } from '../../probes/lens/depths.ts';
import type { LensRecord } from '../../probes/lens/lens.ts';
import { patchAgreement } from '../../probes/patching/agreement.ts';
import type { PatchRecord } from '../../probes/patching/patch.ts';
import type { SwapRecord } from '../../probes/swap/sweep.ts';
import type { FroNormFile } from '../../spectra/results/fro-norm.ts';
import type { LayerwiseSvdFile } from '../../spectra/results/layerwise-svd.ts';
import type { SideOverlap, SubspaceOverlapFile } from '../../spectra/results/subspace-overlap-file.ts';
import { mcnemarExact } from '../../statistics/mcnemar.ts';
import { mean } from '../../statistics/mean.ts';
import { pairedInterval } from '../../statistics/paired.ts';
import { spreadOf } from '../../statistics/spread.ts';
import { AS_PERCENT, type ValueAxis } from '../charts/axis/value-axis.ts';
import { fullLayerTable } from '../charts/layer-lines/full-table.ts';
import type { LayerSeries, Level, Published } from '../charts/layer-lines/series.ts';
import type { Papers } from '../published/papers.ts';
import { swapPeakMarks } from '../published/swap-peaks.ts';
import { errorPoints, formsAlso, lengthPoints } from './ablate/series.ts';
import { attentionPoints } from './attention/series.ts';
import { matricesByLayer, rankSeries } from './diversity/series.ts';
import { energySeries, unchangedSeries } from './energy/series.ts';
import { embeddingAlso, readablePoints } from './lens/series.ts';
import { overlapSeries } from './overlap/series.ts';
import { agreementAlso, agreementPoints } from './patch/series.ts';
import { swapSeries } from './swap/series.ts';
import { type ExportedRow, exportedRows, numberIn, numbersOf } from './testing/exported-table.ts';
import { tokenTable } from './tokens/token-table.ts';

const LAYERS = 4;
const REGIONS = [
  { name: 'Early', first: 0, last: 0 },
  { name: 'Mid', first: 1, last: 2 },
  { name: 'Late', first: 3, last: 3 },
];
const READER = { regions: REGIONS };
/** The same as the axis of charts counts layers. */
const PARTS = REGIONS.map(({ name, first, last }) => ({ name, first: first + 1, last: last + 1 }));
const SHARE: ValueAxis = { title: 'share (%)', domain: [0, 1], ...AS_PERCENT };
const PLAIN: ValueAxis = { title: 'value', format: plainNumber };

/** The chart's table as it is exported. Each value has its n, and no interval a width of zero. */
function rowsOf(
  series: LayerSeries[],
  y: ValueAxis,
  levels: Level[] = [],
  published: Published[] = [],
): readonly ExportedRow[] {
  const rows = exportedRows(fullLayerTable({ series, levels, y, published }, PARTS));
  expect(rows.map((row) => row['region'])).toEqual(['Early', 'Mid', 'Mid', 'Late']);
  for (const { label } of [...series, ...levels]) {
    for (const row of rows) {
      // What is not defined rests on nothing.
      const defined = row[`${label}, ${y.title}`] !== '';
      if (defined) expect(numberIn(row, `${label}, n`)).toBeGreaterThan(0);
      else expect(row[`${label}, n`] ?? '').toBe('');
      const [low, high] = [numberIn(row, `${label}, low`), numberIn(row, `${label}, high`)];
      if (!Number.isNaN(low)) expect(low).toBeLessThan(high);
    }
  }
  return rows;
}
const line = (label: string, points: LayerSeries['points']): LayerSeries => ({
  ...{ key: label, label, colour: 'ink', points },
});

/** Numbers told together: the largest as it is told alone, all right to the last digit of theirs, and decimals alike. */
function expectTogether(texts: readonly string[] | undefined, values: readonly number[]): void {
  expect(texts).toHaveLength(values.length);
  const plain = (texts ?? []).map((text) => text.replace('+', ''));
  const apart = values.map((value) => plainNumber(value));
  if ([...plain, ...apart].some((text) => text.includes('e'))) return expect(plain).toEqual(apart);
  const largest = values.map(Math.abs).indexOf(Math.max(...values.map(Math.abs)));
  expect(numbersOf(plain[largest] ?? '')).toEqual(numbersOf(apart[largest] ?? ''));
  const decimals = new Set(plain.map((text) => text.split('.')[1]?.length ?? 0));
  expect(decimals.size).toBe(1);
  for (const [at, value] of values.entries())
    expect(Math.abs((numbersOf(plain[at] ?? '')[0] ?? NaN) - value)).toBeLessThan(
      0.51 * 10 ** -([...decimals][0] ?? 0),
    );
}

/** Cases of n items: one, two, twelve, and whatever else. */
const counts = fc.oneof(fc.constantFrom(1, 2, 12), fc.integer({ min: 3, max: 30 }));
const many = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  counts.chain((n) => fc.array(item, { minLength: n, maxLength: n }));
const holds = <T>(records: fc.Arbitrary<T>, check: (records: T) => void, ...examples: readonly T[]): void =>
  fc.assert(fc.property(records, check), { numRuns: 60, examples: examples.map((one): [T] => [one]) });

const said = (text: string, tokens = 3): FinishedAnswer => ({ text, tokens, stop: 'end' });

/** A share as a sentence has it, from the columns `NAME, share (%)`, `low`, `high` and `n` of one row. */
function shareOf(row: ExportedRow | undefined, name: string): string {
  const [value, low, high, n] = [`, ${SHARE.title}`, ', low', ', high', ', n'].map((column) =>
    numberIn(row, `${name}${column}`),
  ) as [number, number, number, number];
  expect(low).toBeLessThan(high);
  expect(n).toBeGreaterThan(0);
  if (n < LEAST) return `${Math.round((value / 100) * n)} of ${n} (too few to tell)`;
  const shares = [value, low, high].map((percent) => percent / 100);
  const [share, from, to] = shares.map(evenShares(shares));
  return `${share} (Wilson 95 %: ${from} to ${to}, n = ${n}${n < 10 ? ': few' : ''})`;
}

/** Where a column is largest, all of equals; layers counted from 0. */
function largest(rows: readonly ExportedRow[], column: string): readonly number[] {
  const most = Math.max(...rows.map((row) => numberIn(row, column)));
  return rows.flatMap((row) => (numberIn(row, column) === most ? [numberIn(row, 'layer') - 1] : []));
}

describe('sentences and exported tables', () => {
  it('of a token swap: peak, regions, and where answers went', () => {
    const pair = fc
      .record({
        id: fc.uuid(),
        resampled: fc.boolean(),
        original: fc.constantFrom('3', '10'),
        swapped: fc.array(fc.constantFrom('3', '10', '7'), { minLength: 4, maxLength: 4 }),
      })
      .map(({ id, resampled, original, swapped }): SwapRecord => ({
        ...{ task: 'counting', id, prompt: 'How many?', targetAnswer: '3', sourceAnswer: '10' },
        ...{ imageTokens: { target: 4, source: 4 }, resampled, original: said(original), source: null },
        swapped: swapped.map((text, layer) => ({ layer, ...said(text) })),
      }));
    const ran = fc.tuple(many(pair), fc.constantFrom('paper' as const, 'reference' as const));
    holds(ran, ([records, definition]) => {
      const values = { definition, mode: 'single', reads: 'all' } as Parameters<typeof swap.findings>[1];
      const rows = rowsOf([...swapSeries(records, definition, 'ink')], SHARE);
      const [sentence = ''] = swap.findings(records, values, [], READER);
      const peaks = largest(rows, `Counting, ${SHARE.title}`);
      const share = shareOf(rows[peaks[0] ?? 0], 'Counting');
      const most = numberIn(rows[peaks[0] ?? 0], `Counting, ${SHARE.title}`);
      expect(sentence).toContain(
        most > 0 ? `most at ${layerNames(peaks)}: ${share}.` : `at no layer: ${share}.`,
      );
      const regions = /Mean over (.*?); bootstrap over items/.exec(sentence)?.[1];
      expect(regions !== undefined).toBe(records.length >= LEAST);
      for (const { name, first, last } of regions === undefined ? [] : REGIONS) {
        const within = rows.slice(first, last + 1);
        const of = (column: string) => numberIn(within[0], `Counting, mean of region, ${column}`);
        const rates = within.map((row) => numberIn(row, `Counting, ${SHARE.title}`));
        expect(of(SHARE.title)).toBeCloseTo(mean(rates), 9);
        const ends = [SHARE.title, 'low', 'high'].map((end) => of(end) / 100);
        const told = new RegExp(`${name} (\\S+ %) \\((\\S+ %) to (\\S+ %)\\)`).exec(regions ?? '')?.slice(1);
        // As they are told alone, but for a decimal.
        expect(told?.map((text) => text.replace('.0 %', ' %'))).toEqual(ends.map(percentText));
        expect([of('low') < of('high'), of('n')]).toEqual([true, records.length]);
      }
      const whole = (column: string) => numberIn(rows[0], `Counting, ${column}`);
      const counted = (count: number, text: string) =>
        expect(sentence.includes(text)).toBe(count > 0 && sentence !== '');
      counted(
        whole('changed before the swap'),
        `Counting: ${whole('changed before the swap')} of ${records.length} already meet the definition`,
      );
      counted(whole('resampled'), `${whole('resampled')} of its pairs were resampled`);
      const peak = rows[peaks[0] ?? 0];
      const [source, elsewhere, stayed] = ["went to the source's answer", 'went elsewhere', 'stayed'].map(
        (where) => numberIn(peak, `Counting, ${where}`),
      );
      const went = `At layer ${(peaks[0] ?? 0) + 1} ${source} of ${records.length} answers went to the source's, ${elsewhere} elsewhere, ${stayed} stayed.`;
      expect(sentence.includes(went)).toBe(most > 0);
    });
  });

  it('of what papers printed: where it stands, and its number', () => {
    const papers = JSON.parse(readFileSync('public/published/papers.json', 'utf8')) as Papers;
    const points = Array.from({ length: LAYERS }, (_, at) => ({ layer: at + 1, value: 0.5, n: 12 }));
    const marks = swapPeakMarks(papers, LAYERS);
    const rows = rowsOf([line('Counting', points)], SHARE, [], marks);
    const { peaks } = papers.swapPeaks;
    expect(peaks.length).toBeGreaterThan(1);
    for (const { task, rate } of peaks) {
      const mark = marks.find((one) => one.kind === 'peak' && one.panel?.toLowerCase() === task);
      expect(numberIn(rows[0], `${mark?.panel}, ${mark?.label}, ${SHARE.title}`)).toBeCloseTo(100 * rate, 9);
      expect(numberIn(rows[3], `${mark?.panel}, ${mark?.label}, layer`)).toBeLessThanOrEqual(LAYERS);
    }
    const range = {
      kind: 'range',
      label: 'P: 0.1 to 0.2',
      short: 'P',
      colour: 'ink',
      low: 0.1,
      high: 0.2,
    } as const;
    const [row] = rowsOf([line('RL', points)], PLAIN, [], [range]);
    expect([numberIn(row, `${range.label}, low`), numberIn(row, `${range.label}, high`)]).toEqual([0.1, 0.2]);
  });

  it('of ablation: each layer of several that cost most has its own number of tokens', () => {
    const answer = fc.record({ right: fc.boolean(), tokens: fc.integer({ min: 1, max: 256 }) });
    const problem = fc
      .record({ id: fc.uuid(), baseline: answer, ablated: fc.array(answer, { minLength: 4, maxLength: 4 }) })
      .map(({ id, baseline, ablated }): AblationRecord => {
        const of = ({ right, tokens: count }: typeof baseline) => said(right ? '84' : '7', count);
        return {
          ...{ id, question: 'q', answer: '84', hasImage: false, baseline: of(baseline) },
          ablated: ablated.map((one, layer) => ({ experiment: `layer_${layer}`, ...of(one) })),
        };
      });
    const models = [{ checkpoint: { layers: LAYERS } }] as unknown as Parameters<typeof ablate.findings>[2];
    const values = { parts: ['layer'] } as unknown as Parameters<typeof ablate.findings>[1];
    const experiments = Array.from({ length: LAYERS }, (_, layer) => ablateLayer(layer));
    holds(many(problem), (records) => {
      const [baseline, ...rates] = errorRates(records, experiments);
      if (!baseline) throw new Error('there is no baseline');
      const level = { key: 'b', label: 'baseline', colour: 'ink', n: baseline.n };
      const errors = rowsOf([line('IN', errorPoints(rates))], SHARE, [
        { ...level, value: baseline.errorRate, ...baseline.interval },
      ]);
      const lengths = rowsOf([line('IN', lengthPoints(rates))], PLAIN, [
        {
          ...{ ...level, value: baseline.form.meanTokens, ...baseline.form.tokensInterval },
          also: formsAlso(baseline.form),
        },
      ]);
      const [before = '', worst = '', forms = ''] = ablate.findings(records, values, models, READER);
      expect(before).toBe(`Without ablation wrong answers are ${shareOf(errors[0], 'baseline')}.`);
      const layers = largest(errors, `IN, ${SHARE.title}`);
      const row = errors[layers[0] ?? 0];
      const several = layers.length > 1;
      const where = several ? ` without layer ${(layers[0] ?? 0) + 1}` : '';
      const begin = `With ${layerNames(layers)} left out${several ? ', one at a time,' : ''} they are most: `;
      expect(worst).toContain(`${begin}${shareOf(row, 'IN')}; accuracy${where} `);
      const drop = (numberIn(row, `baseline, ${SHARE.title}`) - numberIn(row, `IN, ${SHARE.title}`)) / 100;
      // Interval and test of the difference come of the counts of one row and the baseline (docs/results.md).
      const n = records.length;
      const [lost, gained] = [numberIn(row, 'IN, lost'), numberIn(row, 'IN, gained')];
      expect((gained - lost) / n).toBeCloseTo(drop, 9);
      const before0 = Math.round(n * (1 - numberIn(row, `baseline, ${SHARE.title}`) / 100));
      const table = { both: before0 - lost, lost, gained, neither: n - before0 - gained };
      const compared = {
        n,
        lost,
        gained,
        delta: drop,
        interval: pairedInterval(table),
        p: mcnemarExact(lost, gained),
      };
      expect(worst).toContain(`accuracy${where} ${differenceText(compared)}.`);
      if (n < LEAST) {
        expect(forms).toBe('');
        return;
      }
      for (const [column, text] of [
        ['cut off (%)', 'were cut off'],
        ['with answer tag (%)', 'carry an answer tag'],
      ]) {
        const percent = (one: ExportedRow | undefined, name: string) =>
          percentText(numberIn(one, `${name}, ${column}`) / 100);
        const shares = layers.map((layer) => percent(lengths[layer], 'IN'));
        const [said = '', beforehand = ''] =
          new RegExp(`([^;]*) ${text} \\(([^)]*)\\)`).exec(forms)?.slice(1) ?? [];
        expect(beforehand).toBe(percent(lengths[0], 'baseline'));
        for (const share of new Set(layers.length > 3 ? [] : shares)) expect(said).toContain(share);
      }
      const own = layers.map((layer) => numberIn(lengths[layer], `IN, ${PLAIN.title}`));
      const listed = [...new Set(own.map((value) => plainNumber(value)))];
      const found = /have (.*?) tokens on average \((.*?) without ablation\)/.exec(forms);
      expect(found?.[2]).toBe(plainNumber(numberIn(lengths[0], `baseline, ${PLAIN.title}`)));
      if (layers.length > 3 && listed.length > 1)
        expect(found?.[1]).toBe(`${plainNumber(Math.min(...own))} to ${plainNumber(Math.max(...own))}`);
      else if (listed.length > 1)
        expect(numbersOf(found?.[1] ?? '')).toEqual(own.map((value) => Number(plainNumber(value))));
      else expect(found?.[1]).toBe(listed[0]);
    });
  });

  it('of attention: each model’s number stands with its name, and the difference with its own interval', () => {
    const mass = fc.array(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }),
      {
        minLength: LAYERS,
        maxLength: LAYERS,
      },
    );
    const record = fc
      .record({ id: fc.uuid(), from: mass, to: mass })
      .map(({ id, from, to }): AttentionRecord => ({
        ...{ id, question: 'q', imageTokens: 16 },
        models: [
          { name: 'IN', response: 'r', queries: 2, mass: from },
          { name: 'RL', response: 'r', queries: 2, mass: to },
        ],
      }));
    holds(many(record), (records) => {
      const models = attentionByLayer(records);
      const differences = attentionDifference(records, 'IN', 'RL');
      const rows = rowsOf(
        [
          ...models.map(({ name, layers }) => line(name, attentionPoints(layers, 'mass'))),
          line('RL − IN', attentionPoints(differences, 'mass')),
        ],
        PLAIN,
      );
      const values = {} as Parameters<typeof attention.findings>[1];
      const [sentence = ''] = attention.findings(records, values, [], READER);
      const shifts = rows.map((row) => numberIn(row, `RL − IN, ${PLAIN.title}`));
      const widest = shifts.findIndex((one) => Math.abs(one) === Math.max(...shifts.map(Math.abs)));
      const row = rows[widest];
      const ends = (end: string) => rows.map((one) => numberIn(one, `RL − IN, ${end}`));
      const more = ends('low').filter((end) => end > 0).length;
      const less = ends('high').filter((end) => end < 0).length;
      expect(sentence).toContain(
        ends('low').every(Number.isNaN)
          ? 'cannot be told; '
          : `at ${more} of ${LAYERS} layers and less at ${less}, with intervals that leave zero out; `,
      );
      const masses = /at layer (\d+): mass (\S+) in RL, (\S+) in IN, on average /.exec(sentence);
      expect(masses?.[1]).toBe(String(widest + 1));
      expectTogether(
        masses?.slice(2),
        ['RL', 'IN'].map((name) => numberIn(row, `${name}, ${PLAIN.title}`)),
      );
      const [low, high] = ['low', 'high'].map((end) => numberIn(row, `RL − IN, ${end}`)) as [number, number];
      const n = numberIn(row, 'RL − IN, n');
      expect(sentence).toContain(`n = ${n}${n < LEAST ? ': too few to tell' : n < 10 ? ': few' : ''}).`);
      if (Number.isNaN(low)) expect(sentence).toContain('(no interval, n = ');
      else {
        expect(low).toBeLessThan(high);
        const shown = /on average (\S+) .*95 %: (\S+) to (\S+),/.exec(sentence);
        expectTogether(shown?.slice(1), [shifts[widest] as number, low, high]);
      }
    });
  });

  it('of the lens: from where on answers can be read', () => {
    const record = fc
      .record({
        id: fc.uuid(),
        ranks: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 5, maxLength: 5 }),
      })
      .map(({ id, ranks }): LensRecord => ({
        ...{ id, question: 'q' },
        models: [
          {
            ...{ name: 'IN', response: 'r', answer: { token: 1, text: 'a' } },
            layers: ranks.map((rank) => ({
              ...{ top: { token: 1, text: 'a', probability: 0.5 }, rank, probability: 0.5 },
            })),
          },
        ],
      }));
    holds(many(record), (records) => {
      const [model] = lensByDepth(records);
      if (!model) throw new Error('there is no model');
      const also = embeddingAlso(model);
      const rows = rowsOf([{ ...line('IN', readablePoints(model)), also }], SHARE);
      const [sentence = ''] = lens.findings(records, {} as never, [], READER);
      const above = rows.map((row) => numberIn(row, `IN, ${SHARE.title}`) > 50);
      const from = above.findIndex((_, at) => above.slice(at).every(Boolean));
      // The embedding, depth 0, is no layer of the chart.
      if (sentence.includes('from the embedding on')) {
        expect(from).toBe(0);
        const [value, low, high] = ['readable (%)', 'low', 'high'].map((column) =>
          numberIn(rows[0], `IN, after the embedding, ${column}`),
        );
        const embedding = { [`IN, ${SHARE.title}`]: value, 'IN, low': low, 'IN, high': high };
        const texts = Object.fromEntries(Object.entries(embedding).map(([name, one]) => [name, String(one)]));
        expect(sentence).toContain(shareOf({ ...rows[0], ...texts }, 'IN'));
      } else if (from < 0)
        expect(sentence).toContain(`can more than half of the answers be read (n = ${records.length}`);
      else
        expect(sentence).toBe(
          `IN: more than half of the answers can be read after layer ${from + 1}: ${shareOf(rows[from], 'IN')}.`,
        );
    });
  });

  it('of patching: n is the questions of a point, not the answers of the run', () => {
    const question = fc.record({
      id: fc.uuid(),
      donor: fc.constantFrom('1', '2'),
      patched: fc.array(fc.constantFrom('1', '2', '3'), { minLength: LAYERS, maxLength: LAYERS }),
    });
    const models = ['IN', 'RL'].map((name) => ({ name })) as unknown as Parameters<typeof patch.findings>[2];
    holds(many(question), (questions) => {
      const records = questions.flatMap(
        ({ id, donor, patched }): PatchRecord[] =>
          [
            { id, question: 'q', answer: '2', run: 'donor', said: said(donor) },
            { id, question: 'q', answer: '2', run: 'recipient', said: said('2') },
            ...patched.map((text, at) => ({ id, question: 'q', answer: '2', run: at + 1, said: said(text) })),
          ] as PatchRecord[],
      );
      const found = patchAgreement(records);
      const [sentence = ''] = patch.findings(records, { from: 'rl' } as never, models, READER);
      if (found.differing === 0) {
        const all = questions.length === 1 ? 'the one question' : `all ${questions.length} questions`;
        expect(sentence).toBe(`RL and IN answer ${all} alike.`);
        return;
      }
      const also = agreementAlso(found, 'asDonor');
      const rows = rowsOf([{ ...line('as RL', agreementPoints(found.depths, 'asDonor')), also }], SHARE);
      expect(rows.map((row) => numberIn(row, 'as RL, n'))).toEqual(Array(LAYERS).fill(found.differing));
      expect(sentence).toContain(
        `differ on ${found.differing} of ${numberIn(rows[0], 'as RL, questions asked')} questions.`,
      );
      const above = rows.map((row) => numberIn(row, `as RL, ${SHARE.title}`) > 50);
      const from = above.findIndex((_, at) => above.slice(at).every(Boolean));
      if (from < 0) expect(sentence).toContain('At no depth do most of them follow RL.');
      else
        expect(sentence).toContain(
          `layers 1 to ${from + 1} of RL, most of them follow RL: ${shareOf(rows[from], 'as RL')}.`,
        );
    });
  });

  it('of tokens: mean, concentration and choices', () => {
    const token = fc.record({ kl: fc.double({ min: 0, max: 5, noNaN: true }), other: fc.boolean() });
    const record = fc
      .record({ id: fc.uuid(), all: fc.array(token, { minLength: 1, maxLength: 5 }) })
      .map(({ id, all }): TokensRecord => ({
        ...{ id, question: 'q', forcedBy: 'rl', response: 'r' },
        tokens: all.map(({ kl, other }, at) => ({
          ...{ id: at, text: `t${at}`, logprob: { in: -1, rl: -1 }, rank: { in: 0, rl: 0 } },
          ...{ entropy: { in: 1, rl: 1 }, first: { in: 'no', rl: other ? 'yes' : 'no' }, klRlIn: kl },
        })),
      }));
    holds(many(record), (records) => {
      const rows = exportedRows(tokenTable(records));
      const kl = rows.map((row) => numberIn(row, 'KL(RL ‖ IN) (nats)')).sort((a, b) => b - a);
      const [carried = '', choices = ''] = tokens.findings(records, {} as never, [], READER);
      const [average, count, answers] = numbersOf(carried);
      expect(plainNumber(average ?? NaN)).toBe(plainNumber(mean(kl)));
      expect([count, answers]).toEqual([rows.length, new Set(rows.map((row) => row['question'])).size]);
      const half = /half of it lies on (\d+) of them \((.*?)\)/.exec(carried);
      if (half) {
        const sum = kl.reduce((all, one) => all + one, 0);
        const top = kl.slice(0, Number(half[1])).reduce((all, one) => all + one, 0);
        expect(top).toBeGreaterThanOrEqual((sum / 2) * (1 - 1e-12));
        expect(half[2]).toBe(percentText(Number(half[1]) / rows.length));
      } else expect(Math.max(...kl)).toBe(0);
      const differing = rows.filter((row) => row['first choice, IN'] !== row['first choice, RL']);
      expect(choices).toContain(`at ${differing.length} of ${rows.length} tokens`);
      const most = Math.max(...differing.map((row) => numberIn(row, 'KL(RL ‖ IN) (nats)')));
      if (differing.length > 0) expect(choices).toContain(`(${plainNumber(most)} nats)`);
    });
  });

  const size = fc.oneof(fc.constant(0), fc.double({ min: 1e-7, max: 50, noNaN: true }));
  const byLayer = fc.array(fc.array(size, { minLength: 1, maxLength: 3 }), {
    minLength: LAYERS,
    maxLength: LAYERS,
  });
  /** Neighbouring doubles: two formulas of a deviation differ in whether it is zero. */
  const NEIGHBOURS = [[0], [1.0000000000000009e-7, 0], [1.0000000000000007e-7], [0]];
  const DELTA = {
    ...({ key: 'rl', to: 'rl', from: 'in', label: 'RL' } as const),
    ...({ colour: 'red', marker: 'square', formula: 'RL − IN', between: ['IN', 'RL'] } as const),
  };
  const reader = { ...READER, formulas: new Map([['rl', 'RL − IN']]), scale: 'relative' } as const;

  /** Means of regions with their spread, and the largest layer, as a sentence has them of a column. */
  function expectMeans(sentence: string, rows: readonly ExportedRow[], column: string): void {
    const all = rows.map((row) => numberIn(row, column));
    const values = all.filter((value) => !Number.isNaN(value));
    const none = REGIONS.filter(({ first, last }) => all.slice(first, last + 1).every(Number.isNaN));
    const missing = none.map(({ name, first, last }) => `${name} (${last > first ? '2 layers' : '1 layer'})`);
    if (missing.length > 0) expect(sentence).toContain(`not defined in ${missing.join(', ')}`);
    else expect(sentence).not.toContain('not defined');
    if (values.length === 0) return;
    if (values.every((value) => value === 0)) {
      expect(sentence).toContain('is exactly zero in every layer');
      return;
    }
    const defined = REGIONS.filter(({ name }) => !none.some((region) => region.name === name));
    const texts = spreadTexts(
      defined.map(({ first, last }) =>
        spreadOf(all.slice(first, last + 1).filter((value) => !Number.isNaN(value))),
      ),
    );
    for (const { name, first, last } of REGIONS) {
      const label = column.slice(0, column.indexOf(','));
      const of = (what: string) => numberIn(rows[first], `${label}, mean of region, ${what}`);
      const here = all.slice(first, last + 1).filter((value) => !Number.isNaN(value));
      if (here.length === 0) {
        expect(of('layers')).toBeNaN();
        continue;
      }
      const { mean: average, deviation, n } = spreadOf(here);
      expect(of(column.slice(column.indexOf(',') + 2))).toBeCloseTo(average, 9);
      expect([of('standard deviation') || null, of('layers')]).toEqual([
        deviation === null || deviation === 0 ? null : expect.closeTo(deviation, 9),
        n,
      ]);
      const zero = average === 0 && (deviation ?? 0) === 0;
      const text = zero ? 'exactly zero' : texts[defined.findIndex((region) => region.name === name)]?.[0];
      expect(sentence).toContain(`${name} ${text} (${n} layer${n === 1 ? '' : 's'}`);
    }
    const most = Math.max(...values);
    expect(sentence).toContain(`largest in layer ${all.indexOf(most) + 1} (${plainNumber(most)}).`);
  }

  it('of energy: means of regions with the spread between layers', () => {
    holds(
      byLayer,
      (matrices) => {
        const file = {
          layers: [],
          summary: matrices.map((norms, at) => ({
            ...{ layer_idx: at + 1, section: '', n_params: norms.length },
            frankenscope: {
              deltas: { rl: { relative_norm_mean: mean(norms), fro_norm_mean: 0 } },
              unchanged: { rl: 0.5 },
            },
          })),
          frankenscope: { total: { elements: 8, unchanged: { rl: 0.99971 } } },
        } as unknown as FroNormFile;
        const rows = rowsOf([...energySeries(file, [DELTA], 'relative')], PLAIN);
        expect(rows.map((row) => numberIn(row, 'RL − IN, n'))).toEqual(matrices.map(({ length }) => length));
        const plan = { deltas: [{ key: 'rl' }], pairing: { unshared: [] } } as never;
        const [means = '', unchanged] = energy.findings(file, plan, {} as never, reader);
        expectMeans(means, rows, `RL − IN, ${PLAIN.title}`);
        const kept = rowsOf(unchangedSeries(file, [DELTA]), SHARE);
        const share = numberIn(kept[0], 'RL − IN, unchanged of all weights (%)') / 100;
        expect(unchanged).toBe(`RL − IN leaves ${percentText(share)} of the weights exactly as they were.`);
        expect(share).toBeCloseTo(0.99971, 9);
      },
      NEIGHBOURS,
    );
  });

  it('of diversity: effective ranks of regions', () => {
    holds(
      byLayer,
      (matrices) => {
        const file = {
          layers: matrices.flatMap((ranks, at) =>
            ranks.map((rank) => ({
              layer_idx: at + 1,
              frankenscope: {
                shape: [4, 4],
                deltas: {
                  rl: { spectral_norm: rank === 0 ? 0 : 1, effective_rank: rank, singular_values: [1] },
                },
              },
            })),
          ),
        } as unknown as LayerwiseSvdFile;
        const rows = rowsOf(rankSeries(file, [DELTA], 'effective_rank'), PLAIN);
        expect([...matricesByLayer(file, 'rl').values()]).toEqual(
          rows.map((row) => numberIn(row, 'RL − IN, n') || 0),
        );
        // The rank of an update that is exactly zero is not 0: there is none.
        expect(rows.map((row) => row[`RL − IN, ${PLAIN.title}`] === '')).toEqual(
          matrices.map((ranks) => ranks.every((rank) => rank === 0)),
        );
        const plan = { deltas: [{ key: 'rl' }] } as never;
        const [means = '', counted = ''] = diversity.findings(file, plan, { mode: 'exact' } as never, reader);
        expectMeans(means, rows, `RL − IN, ${PLAIN.title}`);
        expect(numbersOf(counted)[0]).toBe(numberIn(rows[0], 'RL − IN, spectra'));
        const zero = numberIn(rows[0], 'RL − IN, exactly zero');
        expect(zero).toBe(matrices.flat().filter((rank) => rank === 0).length);
        expect(counted.includes(`${zero} exactly zero`)).toBe(zero > 0);
      },
      NEIGHBOURS,
    );
  });

  it('of overlap: each side and region beside its own chance', () => {
    const one = fc.record({
      shared: fc.double({ min: 0, max: 1, noNaN: true }),
      wide: fc.integer({ min: 2, max: 64 }),
    });
    const layer = fc.array(fc.option(fc.tuple(one, one), { freq: 3 }), { minLength: 1, maxLength: 3 });
    holds(fc.array(layer, { minLength: LAYERS, maxLength: LAYERS }), (matrices) => {
      const side = ({ shared, wide }: { shared: number; wide: number }): SideOverlap => ({
        ...{ overlap: shared, expected: 1 / wide, overlaps: [shared], principal_angles: [0] },
      });
      const file = {
        k: 1,
        layers: matrices.flatMap((entries, at) =>
          entries.map((sides) => ({
            ...{ layer_idx: at + 1, k: sides ? 1 : 0, residual: 0, projection: 'q_proj' },
            ...{ output: sides && side(sides[0]), input: sides && side(sides[1]) },
          })),
        ),
      } as unknown as SubspaceOverlapFile;
      const rows = rowsOf(overlapSeries(file, 1, 'red'), PLAIN);
      const found = overlap.findings(file, {} as never, {} as never, reader);
      const [without, all] = ['matrices without overlap', 'matrices'].map((name) =>
        numberIn(rows[0], `outputs, ${name}`),
      ) as [number, number];
      if (without === all) {
        expect(found).toEqual([expect.stringContaining('in every matrix')]);
        return;
      }
      expect(found.some((one) => one.startsWith(`In ${without} of ${all} matri`))).toBe(without > 0);
      for (const name of ['outputs', 'inputs']) {
        const sentence = found.find((one) => one.toLowerCase().startsWith(name.slice(0, -1))) ?? '';
        expectMeans(sentence, rows, `${name}, ${PLAIN.title}`);
        if (sentence.includes('exactly zero in every layer')) continue;
        const chances = REGIONS.flatMap(({ name: region, first, last }) => {
          const chance = rows
            .slice(first, last + 1)
            .map((row) => numberIn(row, `${name}, chance, ${PLAIN.title}`))
            .filter((value) => !Number.isNaN(value));
          return chance.length > 0 ? [{ region, value: mean(chance) }] : [];
        });
        expectTogether(
          chances.map(
            ({ region }) =>
              new RegExp(`${region} [^,]*\\(\\d layers?, chance ([^)]+)\\)`).exec(sentence)?.[1] ?? '',
          ),
          chances.map(({ value }) => value),
        );
      }
    });
  });
});
