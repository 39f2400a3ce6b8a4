import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { evenCuts } from '../regions.ts';
import type { Verdict } from '../verdicts.ts';
import type { Judgement } from './claim.ts';
import { CLAIMS, judgeAll, looksAt, testable } from './claims.ts';
import { type Evidence, NO_EVIDENCE } from './evidence.ts';
import {
  madeAblation,
  type MadeAnswers,
  madeAnswers,
  madeAttention,
  madeDiversity,
  madeEnergy,
  madeSwap,
} from './testing/made.ts';

function judge(id: string, evidence: Partial<Evidence>): Judgement {
  const claim = CLAIMS.find((one) => one.id === id);
  if (!claim) throw new Error(`no claim is called ${id}`);
  return claim.judge({ ...NO_EVIDENCE, ...evidence });
}
const verdict = (id: string, evidence: Partial<Evidence>): Verdict => judge(id, evidence).verdict;

const FLIPPED: Readonly<Record<Verdict, Verdict>> = {
  supported: 'not supported',
  'not supported': 'supported',
  undecided: 'undecided',
  'not testable here': 'not testable here',
};

/** Every number of a text, with its sign. */
const numbersIn = (text: string): readonly number[] =>
  [...text.matchAll(/[+−-]?\d+(?:\.\d+)?/g)].map(([found]) => Number(found.replace('−', '-')));

/** Shares are said in percent with one decimal. */
const expectSaid = (said: number | undefined, share: number): void =>
  expect(Math.abs((said ?? NaN) - 100 * share)).toBeLessThan(0.0501);

const LAYERS = 9;
const of = <T>(n: number, value: (at: number) => T): readonly T[] =>
  Array.from({ length: n }, (_, at) => value(at));
/** Layers of the regions named, in a model of nine. */
const within =
  (...thirds: readonly number[]) =>
  (layer: number) =>
    thirds.includes(Math.floor(layer / 3));

describe('what all claims have in common', () => {
  test('each says what, where, by which rule, and of which paper, under a name of its own', () => {
    const papers = JSON.parse(readFileSync('public/published/papers.json', 'utf8')) as { papers: object };
    expect(new Set(CLAIMS.map(({ id }) => id)).size).toBe(CLAIMS.length);
    for (const { paper, where, says, needs, rule } of CLAIMS) {
      expect(Object.keys(papers.papers)).toContain(paper);
      for (const text of [where, says, needs, rule]) expect(text).not.toBe('');
      expect(rule).toMatch(/^Supported where .*not supported where .*undecided/);
    }
  });

  test('nothing is testable of a study that has nothing, and each says why', async () => {
    const judged = await judgeAll(NO_EVIDENCE);
    expect(judged.map((one) => one.verdict)).toEqual(CLAIMS.map(() => 'not testable here'));
    for (const { sentence, works } of judged) {
      expect(sentence).toMatch(/not (measured|run|evaluated|asked) in this study\.$/);
      expect(works).toEqual([]);
    }
    expect(testable(judged)).toBe(0);
  });

  test('how many were judged, and how many by the same analysis', async () => {
    const evidence = {
      ...NO_EVIDENCE,
      ...madeSwap(
        'ocr',
        of(8, () => of(LAYERS, within(2))),
      ),
    };
    const judged = await judgeAll({ ...evidence, ...madeEnergy([1, 1, 1], [0.1, 0.1, 0.1]) });
    // Of the pairs only those of one task are there, and a region of one layer has no spread.
    expect(testable(judged)).toBe(2);
    const energy = judged.find(({ claim }) => claim.id === 'energy-smaller');
    expect(energy && looksAt(judged, energy)).toBe(1);
  });

  test('a turn is given before each', async () => {
    let turns = 0;
    await judgeAll(NO_EVIDENCE, async () => void (turns += 1));
    expect(turns).toBe(CLAIMS.length);
  });
});

describe('update energy', () => {
  const flat = of(LAYERS, () => 0.4);

  test.each<readonly [Verdict, readonly number[]]>([
    ['supported', of(LAYERS, () => 0.03)],
    ['supported', of(LAYERS, () => 0.04)],
    ['undecided', of(LAYERS, (at) => (at === 4 ? 0.05 : 0.03))],
    ['not supported', of(LAYERS, () => 0.05)],
  ])('far smaller: %s', (expected, rl) =>
    expect(verdict('energy-smaller', madeEnergy(flat, rl))).toBe(expected),
  );

  test('what is not told from rounding decides nothing', () => {
    const rl = of(LAYERS, () => 0.01);
    const near = madeEnergy(flat, rl, { floors: of(LAYERS, (at) => (at < 2 ? 0.0098 : 0.001)) });
    expect(judge('energy-smaller', near)).toMatchObject({
      verdict: 'undecided',
      sentence: expect.stringContaining('In 2 layers RL − IN is not told from rounding.'),
    });
    const above = madeEnergy(flat, rl, { floors: of(LAYERS, () => 0.001) });
    expect(verdict('energy-smaller', above)).toBe('supported');
  });

  test('an update that is RL − Base, or zero, or a model of two layers, is no test', () => {
    expect(verdict('energy-smaller', madeEnergy(flat, flat, { from: 'base' }))).toBe('not testable here');
    expect(
      verdict(
        'energy-smaller',
        madeEnergy(
          of(LAYERS, () => 0),
          flat,
        ),
      ),
    ).toBe('not testable here');
    expect(verdict('energy-later', madeEnergy([1, 1], [1, 1]))).toBe('not testable here');
  });

  test('the ratio’s ends and the count are those of the layers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 3, maxLength: 30 }),
        (rl) => {
          const found = judge(
            'energy-smaller',
            madeEnergy(
              of(rl.length, () => 1),
              rl,
            ),
          );
          const far = rl.filter((one) => one <= 0.1).length;
          expect(found.sentence).toContain(`a tenth in ${far} of ${rl.length} layers`);
          expect(found.verdict).toBe(
            far === rl.length ? 'supported' : far === 0 ? 'not supported' : 'undecided',
          );
          expectSaid(numbersIn(found.sentence)[0], Math.min(...rl));
        },
      ),
    );
  });

  const spread = (early: number, rest: number) =>
    of(LAYERS, (at) => (at < 3 ? early : rest) + 0.001 * (at % 2));

  test.each<readonly [Verdict, number, number]>([
    ['supported', 0.02, 0.03],
    ['not supported', 0.03, 0.02],
    ['undecided', 0.03, 0.0305],
  ])('later: %s', (expected, early, rest) =>
    expect(verdict('energy-later', madeEnergy(flat, spread(early, rest)))).toBe(expected),
  );

  test('later: means and spreads are those of NumPy, and turn round with the regions', () => {
    // numpy.mean and numpy.std(ddof=1) of [0.02, 0.021, 0.02] and [0.031, 0.03, 0.031, 0.03, 0.031, 0.03]
    const { sentence } = judge('energy-later', madeEnergy(flat, spread(0.02, 0.03)));
    expect(sentence).toContain('0.03050 ± 0.00055 over Mid and Late (6 layers)');
    expect(sentence).toContain('0.02033 ± 0.00058 over Early (3 layers)');
  });
});

describe('update diversity', () => {
  const ranks = of(LAYERS, (at) => 100 + at);
  const less = (count: number) => ranks.map((rank, at) => rank + (at < count ? -5 : 5));

  test.each<readonly [Verdict, number]>([
    ['supported', 9],
    ['supported', 0],
    ['undecided', 7],
    ['undecided', 2],
    ['not supported', 6],
    ['not supported', 4],
  ])('another shape: %s where %d of nine layers are lower', (expected, count) => {
    const { verdict: found, sentence } = judge('diversity-differs', madeDiversity(ranks, less(count)));
    expect(found).toBe(expected);
    expect(sentence).toContain(`in ${count} of 9 layers and higher in ${9 - count}`);
  });

  test('estimates whose intervals touch are on no side', () => {
    expect(verdict('diversity-differs', madeDiversity(ranks, less(9), { errors: 1 }))).toBe('supported');
    const wide = judge('diversity-differs', madeDiversity(ranks, less(9), { errors: 1.5 }));
    expect(wide).toMatchObject({
      verdict: 'not supported',
      sentence: expect.stringContaining('in 0 of 9 layers'),
    });
    expect(verdict('diversity-differs', madeDiversity(ranks, less(9), { from: 'base' }))).toBe(
      'not testable here',
    );
  });
});

/** Per claim over regions of layers, where it has its effect. */
const REGIONAL = [
  { id: 'recognition-layers', task: 'recognition', here: [0], there: [2] },
  { id: 'counting-layers', task: 'counting', here: [1], there: [0, 2] },
  { id: 'grounding-layers', task: 'grounding', here: [1, 2], there: [0] },
  { id: 'ocr-layers', task: 'ocr', here: [2], there: [0, 1] },
  { id: 'reasoning-later', task: null, here: [1, 2], there: [0] },
] as const;

describe.each(REGIONAL)('$id', ({ id, task, here, there }) => {
  const made = (items: readonly (readonly boolean[])[]) =>
    task ? madeSwap(task, items) : madeAblation(items);
  const effect = (n: number, regions: readonly number[]) => made(of(n, () => of(LAYERS, within(...regions))));

  it('is decided by where answers change', () => {
    expect(verdict(id, effect(20, here))).toBe('supported');
    expect(verdict(id, effect(20, there))).toBe('not supported');
    expect(verdict(id, effect(20, []))).toBe('undecided');
    expect(judge(id, effect(3, here))).toMatchObject({
      verdict: 'not testable here',
      sentence: expect.stringContaining('n = 3: too few to tell'),
    });
    expect(verdict(id, made(of(20, () => [true, false])))).toBe('not testable here');
  });

  it('says the mean of what was measured, within its interval, and turns round with it', () => {
    const layer = fc.boolean();
    const item = fc.array(layer, { minLength: LAYERS, maxLength: LAYERS });
    fc.assert(
      fc.property(fc.array(item, { minLength: 4, maxLength: 40 }), (items) => {
        const found = judge(id, made(items));
        const share = (layers: readonly boolean[], regions: readonly number[]) => {
          const own = layers.filter((_, at) => within(...regions)(at));
          return own.filter(Boolean).length / own.length;
        };
        const expected =
          items.reduce((sum, one) => sum + share(one, here) - share(one, there), 0) / items.length;
        const [, said = ''] = /: ([+−][\d.]+) points \(/.exec(found.sentence) ?? [];
        expectSaid(numbersIn(said)[0], expected);
        const [low = NaN, high = NaN] = numbersIn(/seed 0: (.*), n =/.exec(found.sentence)?.[1] ?? '');
        expect(low).toBeLessThan(high);
        expect(found.sentence).toContain(`n = ${items.length}`);
        const carried = low > 0 ? 'supported' : high < 0 ? 'not supported' : 'undecided';
        expect(found.verdict).toBe(carried);
        const mirrored = items.map((layers) => layers.map((changed) => !changed));
        expect(verdict(id, made(mirrored))).toBe(FLIPPED[found.verdict]);
      }),
      { numRuns: 25 },
    );
  });
});

test('the swap that is judged is one of single layers, and RL’s where there are several', () => {
  const late = of(20, () => of(LAYERS, within(2)));
  expect(verdict('ocr-layers', madeSwap('ocr', late, { mode: 'from-layer' }))).toBe('not testable here');
  expect(verdict('counting-layers', madeSwap('ocr', late))).toBe('not testable here');
  const early = madeSwap(
    'ocr',
    of(20, () => of(LAYERS, within(0))),
    {},
    ['IN'],
  ).swap;
  const both = { swap: [...early, ...madeSwap('ocr', late).swap] };
  expect(judge('ocr-layers', both).sentence).toMatch(/^RL, OCR/);
  expect(verdict('ocr-layers', { swap: early })).toBe('not supported');
  expect(verdict('reasoning-later', madeAblation(late, { parts: ['mlp'] }))).toBe('not testable here');
});

describe('attention', () => {
  const sample = (at: number, early: number, rest: number) => ({
    before: of(LAYERS, () => 0.2),
    after: of(LAYERS, (layer) => 0.2 + (within(0)(layer) ? early : rest) + 0.001 * (at % 2)),
  });
  const all = (early: number, rest: number) => madeAttention(of(20, (at) => sample(at, early, rest)));

  test.each<readonly [string, Verdict, number, number]>([
    ['attention-more', 'supported', 0, 0.01],
    ['attention-more', 'not supported', 0, -0.01],
    ['attention-more', 'undecided', 0, -0.0005],
  ])('%s: %s', (id, expected, early, rest) => expect(verdict(id, all(early, rest))).toBe(expected));

  test('later: by how much more than in Early', () => {
    const wavering = (rest: number) =>
      madeAttention(of(20, (at) => sample(0, 0.01, rest + (at % 2 ? 0.001 : -0.001))));
    expect(verdict('attention-later', wavering(0.02))).toBe('supported');
    expect(verdict('attention-later', wavering(0.005))).toBe('not supported');
    expect(verdict('attention-later', wavering(0.01))).toBe('undecided');
  });

  test('the mean is that of the samples, and turns round where IN and RL change places', () => {
    const mass = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: LAYERS,
      maxLength: LAYERS,
    });
    const items = fc.array(fc.record({ before: mass, after: mass }), { minLength: 4, maxLength: 20 });
    fc.assert(
      fc.property(items, (samples) => {
        const found = judge('attention-more', madeAttention(samples));
        const later = (layers: readonly number[]) => layers.slice(3).reduce((sum, one) => sum + one, 0) / 6;
        const expected =
          samples.reduce((sum, { before, after }) => sum + later(after) - later(before), 0) / samples.length;
        const [, said = ''] = /RL − IN: ([+−][\d.e−]+)/.exec(found.sentence) ?? [];
        if (Math.abs(expected) > 1e-3) expect(numbersIn(said)[0]).toBeCloseTo(expected, 3);
        const turned = samples.map(({ before, after }) => ({ before: after, after: before }));
        for (const id of ['attention-more', 'attention-later'])
          expect(verdict(id, madeAttention(turned))).toBe(FLIPPED[verdict(id, madeAttention(samples))]);
      }),
      { numRuns: 60 },
    );
  });

  test('is no test without both models, without tokens to look from, or of samples that are all the same', () => {
    const samples = of(20, (at) => sample(at, 0, 0.01));
    expect(verdict('attention-more', madeAttention(samples, ['Base', 'IN']))).toBe('not testable here');
    const blind = madeAttention(of(20, () => ({ before: [], after: [] })));
    expect(verdict('attention-more', blind)).toBe('not testable here');
    const alike = judge('attention-more', madeAttention(of(20, () => sample(0, 0, 0.01))));
    expect(alike).toMatchObject({
      verdict: 'undecided',
      sentence: expect.stringContaining('without an interval'),
    });
  });
});

/** Per claim about right answers: what is compared with what, on which metric, and on which side. */
const ANSWERED = [
  { id: 'rl-vision', analysis: 'transfer', metric: 'M_vis', before: 'IN', after: 'RL', side: -1 },
  { id: 'rl-alignment', analysis: 'transfer', metric: 'M_v2r', before: 'IN', after: 'RL', side: 1 },
  { id: 'rl-reasoning', analysis: 'transfer', metric: 'M_rea', before: 'IN', after: 'RL', side: 1 },
  {
    id: 'transfer-alignment',
    analysis: 'transfer',
    metric: 'M_v2r',
    before: 'IN',
    after: 'IN:RL:RL',
    side: 1,
  },
  {
    id: 'transfer-reasoning',
    analysis: 'transfer',
    metric: 'M_rea',
    before: 'IN',
    after: 'IN:RL:RL',
    side: 1,
  },
  {
    id: 'frozen-mid',
    analysis: 'necessity',
    metric: 'M_rea',
    before: 'RL',
    after: 'rl-frozen-mid',
    side: -1,
  },
  {
    id: 'frozen-late',
    analysis: 'necessity',
    metric: 'M_rea',
    before: 'RL',
    after: 'RL, Late frozen',
    side: -1,
  },
] as const;

describe.each(ANSWERED)('$id', ({ id, analysis, metric, before, after, side }) => {
  /** A sample counts for M_vis where A is right and B wrong, for M_v2r where both are right. */
  const counting = (variant: string, counts: readonly boolean[]): MadeAnswers => ({
    ...{ variant, a: counts },
    ...(metric === 'M_rea' ? {} : { b: counts.map((one) => (metric === 'M_vis' ? false : one)) }),
  });
  const made = (first: readonly boolean[], second: readonly boolean[]) => ({
    [analysis]: [{ graded: madeAnswers(metric, [counting(before, first), counting(after, second)]) }],
  });
  const some = (n: number, right: number) => of(n, (at) => at < right);

  it('is decided by the paired difference', () => {
    const [few, many] = [some(60, 10), some(60, 40)];
    expect(verdict(id, side > 0 ? made(few, many) : made(many, few))).toBe('supported');
    expect(verdict(id, side > 0 ? made(many, few) : made(few, many))).toBe('not supported');
    expect(verdict(id, made(many, some(60, 41)))).toBe('undecided');
    expect(verdict(id, made(some(3, 0), some(3, 3)))).toBe('not testable here');
    const alone = { [analysis]: [{ graded: madeAnswers(metric, [counting(before, many)]) }] };
    expect(verdict(id, alone)).toBe('not testable here');
  });

  it('says the difference in points, and turns round where both change places', () => {
    const items = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 4, maxLength: 80 });
    fc.assert(
      fc.property(items, (pairs) => {
        const [first, second] = [pairs.map(([one]) => one), pairs.map(([, one]) => one)];
        const found = judge(id, made(first, second));
        const right = (all: readonly boolean[]) => all.filter(Boolean).length;
        const [, said = ''] = /: ([+−][\d.]+) points \(/.exec(found.sentence) ?? [];
        expectSaid(numbersIn(said)[0], (right(second) - right(first)) / pairs.length);
        expect(verdict(id, made(second, first))).toBe(FLIPPED[found.verdict]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('puzzles', () => {
  const gap = (image: number, text: number, variant = 'RL'): MadeAnswers => ({
    ...{ variant, a: of(60, (at) => at < image), b: of(60, (at) => at < text) },
  });
  const made = (...models: readonly MadeAnswers[]) => ({
    gap: [{ graded: madeAnswers('gap', models, 'in-domain') }],
  });

  test('text against image: of every model alike, or undecided', () => {
    expect(verdict('perception-gap', made(gap(10, 40), gap(20, 50, 'IN')))).toBe('supported');
    expect(verdict('perception-gap', made(gap(40, 10), gap(50, 20, 'IN')))).toBe('not supported');
    expect(verdict('perception-gap', made(gap(10, 40), gap(50, 20, 'IN')))).toBe('undecided');
    expect(verdict('perception-gap', made(gap(10, 11)))).toBe('undecided');
    expect(judge('perception-gap', made(gap(10, 40))).sentence).toMatch(/\+50\.0 points/);
    const short = { ...gap(0, 0), a: [true, true], b: [true, false] };
    expect(verdict('perception-gap', made(short))).toBe('not testable here');
  });

  test('RL against IN by image, within a domain', () => {
    expect(verdict('puzzles-in-domain', made(gap(10, 0, 'IN'), gap(40, 0)))).toBe('supported');
    expect(verdict('puzzles-in-domain', made(gap(40, 0, 'IN'), gap(10, 0)))).toBe('not supported');
    expect(verdict('puzzles-in-domain', made(gap(10, 0, 'IN'), gap(11, 0)))).toBe('undecided');
    expect(verdict('puzzles-out-of-domain', made(gap(10, 0, 'IN'), gap(40, 0)))).toBe('not testable here');
  });
});

test('regions are thirds, as files and findings have them by default', () => {
  for (const layers of [3, 10, 28, 36]) {
    const [cut = 0] = evenCuts(layers, 3);
    // Without its first third nothing is early: what differs there alone decides nothing else.
    const pairs = of(30, () => of(layers, (layer) => layer < cut));
    expect(verdict('grounding-layers', madeSwap('grounding', pairs))).toBe('not supported');
    expect(judge('grounding-layers', madeSwap('grounding', pairs)).sentence).toContain('−100 points');
  }
});
