/** The study that travels with the app: what each claim comes to, computed here a second time from the raw records. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { Journals } from '../study/journal/journals.ts';
import { readStudyFile } from '../study/study-file.ts';
import type { ShownPart } from '../study/shown/part.ts';
import { judgeAll, type JudgedClaim } from './claims.ts';
import { studyEvidence, type WorkOfStudy } from './study-evidence.ts';

/** Recorded of the carried study; a study that is made anew may change them, and the commit says so. */
const VERDICTS = {
  'energy-smaller': 'supported',
  'energy-later': 'not supported',
  'diversity-differs': 'supported',
  'attention-more': 'supported',
  'attention-later': 'supported',
  'recognition-layers': 'undecided',
  'counting-layers': 'undecided',
  'grounding-layers': 'undecided',
  'ocr-layers': 'supported',
  'reasoning-later': 'not supported',
  'rl-vision': 'not testable here',
  'rl-alignment': 'not testable here',
  'rl-reasoning': 'not testable here',
  'transfer-alignment': 'not testable here',
  'transfer-reasoning': 'not testable here',
  'frozen-mid': 'not testable here',
  'frozen-late': 'not testable here',
  'perception-gap': 'not testable here',
  'puzzles-in-domain': 'not testable here',
  'puzzles-out-of-domain': 'not testable here',
};

/** Layers of the demo family, and how many are a third. */
const [LAYERS, THIRD] = [12, 4];

let journals: Journals;
let works: readonly WorkOfStudy[];
let judged: readonly JudgedClaim[];
beforeAll(async () => {
  const bytes = new Uint8Array(await readFile('public/study/demo.frankenscope'));
  journals = new Journals((await readStudyFile(bytes, 'demo.frankenscope')).storage);
  works = (await journals.shown()).map(({ part, ...work }) => ({ ...work, ...(part as ShownPart) }));
  const { evidence, unread } = await studyEvidence(journals, works);
  expect(unread).toEqual([]);
  judged = await judgeAll(evidence);
});

const sentence = (id: string): string => judged.find(({ claim }) => claim.id === id)?.sentence ?? '';

async function records<T>(analysis: string): Promise<ReadonlyMap<string, T>> {
  const key = works.find((one) => one.analysis === analysis)?.key ?? '';
  return (await journals.records(key)) as ReadonlyMap<string, T>;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(sum(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));

/** Numbers of a sentence behind a text, as many as are asked for. */
function numbersBehind(text: string, behind: string, count: number): readonly number[] {
  const found = text.slice(text.indexOf(behind) + behind.length).matchAll(/[+−]?\d+(?:\.\d+)?/g);
  return [...found].slice(0, count).map(([one]) => Number(one.replace('−', '-')));
}

test('every claim comes to what is recorded', () => {
  expect(Object.fromEntries(judged.map(({ claim, verdict }) => [claim.id, verdict]))).toEqual(VERDICTS);
});

/** A layer of the language model, counted from 0, of a tensor's name. */
const layerOf = (name: string): number | null => {
  const [, layer] = /(?<!visual)\.layers\.(\d+)\./.exec(name) ?? [];
  return layer === undefined ? null : Number(layer);
};

test('update energy, of the sums of squares of every tensor', async () => {
  const all = await records<{ weights: Record<string, number>; squares: Record<string, number> }>('energy');
  const relative = (update: string, layer: number): number =>
    mean(
      [...all]
        .filter(([name]) => layerOf(name) === layer)
        .map(
          ([, { weights, squares }]) =>
            Math.sqrt(squares[update] ?? NaN) / (Math.sqrt(weights['in'] ?? NaN) + 1e-8),
        ),
    );
  const layers = Array.from({ length: LAYERS }, (_, layer) => layer);
  const rl = layers.map((layer) => relative('rl', layer));
  const ratios = layers.map((layer) => (rl[layer] ?? NaN) / relative('sft', layer));
  expect(Math.max(...ratios)).toBeLessThan(0.1);
  const [least = 0, most = 0] = numbersBehind(sentence('energy-smaller'), 'is ', 2);
  expect(least / 100).toBeCloseTo(Math.min(...ratios), 2);
  expect(most / 100).toBeCloseTo(Math.max(...ratios), 2);

  const [early, rest] = [rl.slice(0, THIRD), rl.slice(THIRD)];
  expect(mean(rest) + deviation(rest)).toBeLessThan(mean(early) - deviation(early));
  const said = sentence('energy-later');
  const [restMean = 0, restSpread = 0] = numbersBehind(said, 'RL − IN is ', 2);
  expect([restMean, restSpread]).toEqual([Number(mean(rest).toFixed(4)), Number(deviation(rest).toFixed(4))]);
});

test('update diversity, of the effective rank of every matrix', async () => {
  const all = await records<{ spectra: Record<string, { effectiveRank: number }> }>('diversity');
  const ranks = (update: string): readonly number[] =>
    Array.from({ length: LAYERS }, (_, layer) =>
      mean(
        [...all]
          .filter(([name]) => layerOf(name) === layer)
          .map(([, { spectra }]) => spectra[update]?.effectiveRank ?? NaN),
      ),
    );
  const [before, after] = [ranks('sft'), ranks('rl')];
  expect(after.every((rank, layer) => rank < (before[layer] ?? 0))).toBe(true);
  expect(numbersBehind(sentence('diversity-differs'), 'higher in 0: ', 2)).toEqual([
    Math.round(mean(after)),
    Math.round(deviation(after)),
  ]);
});

describe('attention', () => {
  interface Sample {
    readonly models: readonly { readonly name: string; readonly mass: readonly (readonly number[])[] }[];
  }
  const shifts = async (): Promise<readonly (readonly number[])[]> =>
    [...(await records<Sample>('attention')).values()].map(({ models }) => {
      const of = (name: string) => models.find((one) => one.name === name)?.mass ?? [];
      return of('RL').map((heads, layer) => mean(heads) - mean(of('IN')[layer] ?? []));
    });
  /** scipy.stats.t.ppf(0.975, 49) */
  const QUANTILE = 2.009575234489209;

  test.each([
    ['attention-more', (layers: readonly number[]) => mean(layers.slice(THIRD))],
    [
      'attention-later',
      (layers: readonly number[]) => mean(layers.slice(THIRD)) - mean(layers.slice(0, THIRD)),
    ],
  ])('%s: mean and Student’s interval', async (id, of) => {
    const values = (await shifts()).map(of);
    expect(values).toHaveLength(50);
    const half = (QUANTILE * deviation(values)) / Math.sqrt(values.length);
    const [said = 0] = numbersBehind(sentence(id), ': ', 1);
    const [low = 0, high = 0] = numbersBehind(sentence(id), '95 %: ', 2);
    expect(said).toBeCloseTo(mean(values), 5);
    expect(low).toBeCloseTo(mean(values) - half, 5);
    expect(high).toBeCloseTo(mean(values) + half, 5);
    expect(mean(values) - half).toBeGreaterThan(0);
  });
});

interface Said {
  readonly text: string;
}
interface Swapped {
  readonly task: string;
  readonly sourceAnswer: string;
  readonly original: Said;
  readonly swapped: readonly (Said & { readonly layer: number })[];
}
interface Ablated {
  readonly answer: string;
  readonly ablated: readonly (Said & { readonly experiment: string })[];
}

/** Share of the layers from … to less that of the others, or of those given. */
const contrast = (hits: readonly boolean[], here: readonly number[], there: readonly number[]): number => {
  const share = (rows: readonly number[]) => mean(rows.map((row) => Number(hits[row])));
  return share(here) - share(there);
};
const rows = (...thirds: readonly number[]): readonly number[] =>
  thirds.flatMap((third) => Array.from({ length: THIRD }, (_, at) => third * THIRD + at));

/** Of the word, count, box or yes or no that a short answer of the demo family is. */
const CHANGED: Readonly<Record<string, (record: Swapped, text: string) => boolean>> = {
  ocr: ({ original }, text) => plain(final(original.text)) !== plain(final(text)),
  counting: ({ original }, text) => count(original.text) !== count(text),
  recognition: (_, text) => /\bno\b/i.test(text) && !/\byes\b.*\bno\b/i.test(text),
  grounding: ({ sourceAnswer }, text) => overlap(box(sourceAnswer), box(text)) > 0.5,
};
/** What cannot be read as one is compared as text. */
const count = (text: string): string => /\d+/.exec(final(text))?.[0] ?? plain(text);
const final = (text: string): string => /<answer>([^<]+)<\/answer>/.exec(text)?.[1] ?? text;
const plain = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[.,!?;:]+$/, '');
const box = (text: string): readonly number[] =>
  [...text.matchAll(/\d+/g)].slice(0, 4).map(([one]) => Number(one));

function overlap(one: readonly number[], other: readonly number[]): number {
  const [a = 0, b = 0, c = 0, d = 0] = one;
  const [e = 0, f = 0, g = 0, h = 0] = other;
  if (other.length < 4) return 0;
  const both = Math.max(0, Math.min(c, g) - Math.max(a, e)) * Math.max(0, Math.min(d, h) - Math.max(b, f));
  return both / ((c - a) * (d - b) + (g - e) * (h - f) - both);
}

/**
 * Ends of the interval of a mean of numbers between −1 and 1: weights of n + 1 exponentials, of which one falls to the end itself
 * (Gaffke 2005), as a plain Monte Carlo with a generator of its own.
 */
function gaffke(values: readonly number[]): readonly [low: number, high: number] {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const ends = (end: number): readonly number[] =>
    Array.from({ length: 20_000 }, () => {
      const weights = [...values, end].map(() => -Math.log(random()));
      return sum([...values, end].map((value, at) => value * (weights[at] ?? 0))) / sum(weights);
    }).sort((a, b) => a - b);
  return [ends(-1)[500] ?? NaN, ends(1)[19_499] ?? NaN];
}

function expectInterval(id: string, values: readonly number[]): void {
  const text = sentence(id);
  const [, point = ''] = /: ([+−][\d.]+) points \(/.exec(text) ?? [];
  expect(numbersBehind(point, '', 1)[0]).toBeCloseTo(Number((100 * mean(values)).toFixed(1)), 10);
  const [low = NaN, high = NaN] = numbersBehind(text, 'seed 0: ', 2);
  const [from, to] = gaffke(values);
  // One end of 4000 resamples varies by about a point.
  expect(Math.abs(low - 100 * from)).toBeLessThan(1.5);
  expect(Math.abs(high - 100 * to)).toBeLessThan(1.5);
  expect(text).toContain(`n = ${values.length}`);
}

test.each([
  ['recognition', rows(0), rows(2)],
  ['counting', rows(1), rows(0, 2)],
  ['grounding', rows(1, 2), rows(0)],
  ['ocr', rows(2), rows(0, 1)],
])('where %s is read, of every swapped answer', async (task, here, there) => {
  const own = [...(await records<Swapped>('swap')).values()].filter((one) => one.task === task);
  const values = own.map((record) => {
    const hits = Array.from({ length: LAYERS }, (_, layer) =>
      Boolean(CHANGED[task]?.(record, record.swapped.find((one) => one.layer === layer)?.text ?? '')),
    );
    return contrast(hits, here, there);
  });
  expect(values).toHaveLength(25);
  expectInterval(`${task}-layers`, values);
});

test('what reasoning needs, of every answer without a layer', async () => {
  const values = [...(await records<Ablated>('ablate')).values()].map(({ answer, ablated }) => {
    const wrong = Array.from({ length: LAYERS }, (_, layer) => {
      const text = ablated.find(({ experiment }) => experiment === `layer_${layer}`)?.text ?? '';
      const [, tagged] = /<answer>([^<]+)<\/answer>(?![\s\S]*<answer>)/.exec(text) ?? [];
      // Without a tag the last number counts.
      const said = tagged ?? [...text.matchAll(/-?\d+(?:\.\d+)?/g)].at(-1)?.[0] ?? '';
      return !(Math.abs(Number(said) - Number(answer)) <= 0.01 * Math.abs(Number(answer)));
    });
    return contrast(wrong, rows(1, 2), rows(0));
  });
  expect(values).toHaveLength(50);
  expectInterval('reasoning-later', values);
});
