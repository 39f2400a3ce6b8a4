/** A chart is headed by a sentence of the page where the intervals of its own numbers carry it, and by none else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { words as ablate } from '../../analyses/ablate/words.mjs';
import { words as attention } from '../../analyses/attention/words.mjs';
import { words as gap } from '../../analyses/gap/words.mjs';
import { words as lens } from '../../analyses/lens/words.mjs';
import { words as patch } from '../../analyses/patch/words.mjs';
import { words as swap } from '../../analyses/swap/words.mjs';
import type { GapRow, Share } from '../../evaluation/perception/gap-table.ts';
import type { ErrorRate } from '../../probes/ablation/error-rates.ts';
import type { AttentionDifference } from '../../probes/attention/difference.ts';
import type { LensDepth } from '../../probes/lens/depths.ts';
import type { PatchDepth } from '../../probes/patching/agreement.ts';
import type { TaskRates } from '../../probes/swap/change-rates.ts';
import { comparePaired } from '../../statistics/paired.ts';
import { wilson } from '../../statistics/wilson.ts';
import type { ShownDelta } from '../characterize/comparison.svelte.ts';
import { headingOf } from '../characterize/heading.ts';
import { gapFinding } from '../perception/gap-finding.ts';
import { ablateFinding } from './ablate/finding.ts';
import { attentionFinding } from './attention/finding.ts';
import { lensFinding } from './lens/finding.ts';
import { patchFinding } from './patch/finding.ts';
import { swapFinding } from './swap/finding.ts';

/** Of so many items, how many count at each of four layers. */
const counted = fc.integer({ min: 1, max: 40 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    hits: fc.array(fc.integer({ min: 0, max: n }), { minLength: 4, maxLength: 4 }),
  }),
);

/** Both answers are met: a heading, and none. */
function eachWay<T>(cases: fc.Arbitrary<T>, check: (one: T) => boolean): void {
  const met = new Set<boolean>();
  fc.assert(
    fc.property(cases, (one) => {
      met.add(check(one));
    }),
    { numRuns: 400 },
  );
  expect([...met].sort()).toEqual([false, true]);
}

describe('a heading', () => {
  it('of a token swap: layers that their intervals tell apart', () => {
    eachWay(counted, ({ n, hits }) => {
      const layers = hits.map((changed, layer) => ({
        ...{ layer, changed, n, rate: changed / n, interval: wilson(changed, n) },
        went: { source: changed, elsewhere: 0, unchanged: n - changed },
      }));
      const task: TaskRates = { task: 'ocr', n, layers, changedBefore: 0, resampled: 0 };
      const told = wilson(Math.max(...hits), n).low > wilson(Math.min(...hits), n).high;
      const sentence = swap.findings.peak(task);
      expect(swapFinding([task])).toBe(told ? sentence : null);
      expect(swapFinding([task, { ...task, task: 'counting', layers: layers.slice(0, 1) }])).toBe(
        told ? sentence : null,
      );
      // Of few items none is told.
      if (n < 4) expect(told).toBe(false);
      return told;
    });
  });

  it('of ablation: a loss whose interval leaves zero out', () => {
    eachWay(counted, ({ n, hits }) => {
      const right = Array.from({ length: n }, (_, item) => item < Math.ceil(0.9 * n));
      const rate = (correct: readonly boolean[], layer: number): ErrorRate =>
        ({
          ...{ experiment: `layer_${layer}`, layer, part: 'layer', n },
          ...{ correct: correct.filter(Boolean).length, errorRate: correct.filter((is) => !is).length / n },
          interval: wilson(correct.filter((is) => !is).length, n),
          drop: layer < 0 ? null : comparePaired(right, correct),
        }) as unknown as ErrorRate;
      const baseline = rate(right, -1);
      const layers = hits.map((count, layer) =>
        rate(
          right.map((_, item) => item < count),
          layer,
        ),
      );
      const fewest = Math.min(...hits);
      const worst = layers.filter(({ correct }) => correct === fewest);
      const told = (worst[0]?.drop?.interval.high ?? 0) < 0;
      expect(ablateFinding(baseline, layers)).toBe(
        told ? `${ablate.findings.baseline(baseline)} ${ablate.findings.worst(worst)}` : null,
      );
      expect(ablateFinding(undefined, layers)).toBeNull();
      return told;
    });
  });

  it('of attention: a difference whose interval leaves zero out, of more than a few samples', () => {
    const difference = fc.record({
      mean: fc.double({ min: -1, max: 1, noNaN: true }),
      half: fc.double({ min: 0.01, max: 2, noNaN: true }),
      n: fc.integer({ min: 2, max: 12 }),
    });
    eachWay(fc.array(difference, { minLength: 2, maxLength: 2 }), (found) => {
      const differences = found.map(({ mean, half, n }, layer) => {
        const value = { mean, n, interval: { low: mean - half, high: mean + half } };
        return { layer, mass: value, mean: value };
      }) as unknown as AttentionDifference[];
      const models = ['IN', 'RL'].map((name) => ({
        name,
        without: 0,
        layers: differences,
      })) as unknown as Parameters<typeof attentionFinding>[0];
      const [a, b] = found;
      const widest = a && b && Math.abs(b.mean) > Math.abs(a.mean) ? b : a;
      const told = widest !== undefined && widest.n >= 4 && Math.abs(widest.mean) > widest.half;
      expect(attentionFinding(models, differences)).toBe(
        told ? attention.findings.shift(models, differences) : null,
      );
      return told;
    });
  });

  it('of lens and patching: more than half, whose interval lies above one half', () => {
    eachWay(counted, ({ n, hits }) => {
      const depths = hits.map((count, depth) => ({
        ...{ depth, n, first: count, readable: count / n, asDonor: count, asRecipient: n - count },
        ...{ interval: wilson(count, n), probability: 0.5, medianRank: 1 },
      })) satisfies (LensDepth & PatchDepth)[];
      const most = depths.findLastIndex(({ readable }) => readable <= 0.5) + 1;
      const told = (depths[most]?.interval.low ?? 0) > 0.5;
      const model = { name: 'IN', n, without: 0, depths };
      expect(lensFinding([model, { ...model, depths: [] }])).toBe(
        told ? lens.findings.readable(model) : null,
      );
      const found = { donor: 'RL', recipient: 'IN', asked: n, differing: n, depths };
      expect(patchFinding(found)).toBe(told ? patch.findings.follows(found) : null);
      return told;
    });
  });

  it('of puzzles: a kind beyond chance among all, else all puzzles where zero is left out', () => {
    const outcomes = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 20 });
    const skewed = fc.oneof(
      outcomes,
      outcomes.map((all) => all.map((): [boolean, boolean] => [false, true])),
    );
    eachWay(fc.tuple(skewed, fc.double({ min: 0, max: 1, noNaN: true })), ([sides, adjustedP]) => {
      const share = (side: 0 | 1): Share => {
        const hits = sides.filter((one) => one[side]).length;
        return { n: sides.length, hits, value: hits / sides.length, interval: wilson(hits, sides.length) };
      };
      const compared = comparePaired(
        sides.map(([image]) => image),
        sides.map(([, text]) => text),
      );
      const all = { image: share(0), text: share(1), gap: compared };
      const families = ['clock', 'chess'].map((family) => ({ ...all, family, domain: 'x', adjustedP }));
      const row: GapRow = { variant: 'RL', families, pooled: { all } };
      const { low, high } = compared.interval;
      const kind = compared.delta > 0 && adjustedP <= 0.05;
      const any = low > 0 || high < 0;
      expect(gapFinding(row)).toBe(
        kind ? gap.findings.widest('RL', families) : any ? gap.findings.gap('RL', all, 0) : null,
      );
      expect(gapFinding(undefined)).toBeNull();
      return kind || any;
    });
  });

  it('of updates: the sentences of two at most', () => {
    const delta = (formula: string) => ({ key: formula, label: 'to', formula }) as ShownDelta;
    const say = ({ label }: { readonly label: string }): string => (label === 'c' ? '' : `${label} grows.`);
    expect(headingOf([delta('a'), delta('b')], say)).toBe('a grows. b grows.');
    expect(headingOf([delta('c')], say)).toBeNull();
    expect(headingOf([delta('a'), delta('b'), delta('d')], say)).toBeNull();
  });
});
