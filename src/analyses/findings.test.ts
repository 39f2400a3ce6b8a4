import { describe, expect, it } from 'vitest';
import { comparePaired } from '../statistics/paired.ts';
import { wilson } from '../statistics/wilson.ts';
import type { ErrorRate } from '../probes/ablation/error-rates.ts';
import type { TaskRates } from '../probes/swap/change-rates.ts';
import { NOT_DECIDED } from '../grading/steps.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import { words as ablate } from './ablate/words.mjs';
import { words as gap } from './gap/words.mjs';
import { analysis as necessity } from './necessity/analysis.ts';
import { words as ofNecessity } from './necessity/words.mjs';
import { words as patch } from './patch/words.mjs';
import { swapped, words as swap } from './swap/words.mjs';
import { analysis as transfer } from './transfer/analysis.ts';
import { layerNames } from './wording.mjs';

function rates(...hits: number[]): TaskRates {
  return {
    task: 'counting',
    n: 20,
    layers: hits.map((changed, layer) => ({
      layer,
      changed,
      n: 20,
      rate: changed / 20,
      interval: wilson(changed, 20),
      went: { unchanged: 20 - changed, source: changed, elsewhere: 0 },
    })),
    changedBefore: 0,
    resampled: 0,
  };
}

describe('findings in words', () => {
  it('name the peak with its interval, and say where answers went there', () => {
    expect(swap.findings.peak(rates(2, 17, 4))).toBe(
      'Counting changes most at layer 2: 85.0 % (Wilson 95 %: 64.0 % to 94.8 %, n = 20).',
    );
    expect(swap.findings.went(rates(2, 17, 4))).toBe(
      "At layer 2 17 of 20 answers went to the source's, 0 elsewhere, 3 stayed.",
    );
  });

  it('name all peaks of a tie, and say where nothing changes', () => {
    expect(swap.findings.peak(rates(5, 5, 1))).toContain('at layers 1 and 2: 25.0 %');
    expect(layerNames([0, 1, 2, 5])).toBe('4 layers alike, from 1 to 6');
    expect(swap.findings.peak(rates(0, 0))).toBe(
      'Counting changes at no layer: 0 % (Wilson 95 %: 0 % to 16.1 %, n = 20).',
    );
  });

  it('say who read a swap, where that is not all that follows', () => {
    expect(swap.findings.reads('single', 'all')).toBe('');
    expect(swap.findings.reads('single', 'text')).toContain('only by what comes after the image');
    expect(swap.findings.reads('from-layer', 'text')).toContain('makes no difference');
    const said = (['all', 'text'] as const).map((reads) => [
      swapped('single', reads),
      swapped('from-layer', reads),
    ]);
    expect(said.map(([one]) => one?.match(/\(.+\)/)?.[0])).toEqual(['(P1 Eq. 2)', "(VFL's teaser)"]);
    expect(said[0]?.[1]).toBe(said[1]?.[1]);
  });

  it('say what meets a definition without a swap', () => {
    expect(swap.findings.before(rates(1))).toBe('');
    expect(swap.findings.before({ ...rates(1), changedBefore: 3 })).toBe(
      'Counting: 3 of 20 already meet the definition without a swap.',
    );
  });

  it('give regions with their intervals, those without layers left out', () => {
    const rate = { mean: 0.123, interval: { low: 0.08, high: 0.16 }, n: 20 };
    expect(
      swap.findings.regions([
        { name: 'Early', rate },
        { name: 'Mid', rate: null },
      ]),
    ).toBe('Mean over Early 12.3 % (8.0 % to 16.0 %); bootstrap over items, 95 %, seed 0.');
  });

  it('name the worst ablation with its test', () => {
    const form = {
      meanTokens: 20,
      tokensInterval: null,
      cutOff: 0.25,
      withAnswerTag: 1,
      withThought: 1,
      empty: 0,
    };
    const before = Array.from({ length: 20 }, (_, index) => index < 16);
    const after = Array.from({ length: 20 }, (_, index) => index < 4);
    const base = { n: 20, form, part: 'layer', interval: wilson(4, 20) } as const;
    const rates: ErrorRate[] = [
      { ...base, experiment: 'baseline', layer: -1, correct: 16, errorRate: 0.2, drop: null },
      {
        ...base,
        experiment: 'layer_0',
        layer: 0,
        correct: 16,
        errorRate: 0.2,
        drop: comparePaired(before, before),
      },
      {
        ...base,
        experiment: 'layer_1',
        layer: 1,
        interval: wilson(16, 20),
        correct: 4,
        errorRate: 0.8,
        drop: comparePaired(before, after),
      },
    ];
    const [baseline, , worst] = rates as [ErrorRate, ErrorRate, ErrorRate];
    expect(ablate.findings.baseline(baseline)).toBe(
      'Without ablation wrong answers are 20.0 % (Wilson 95 %: 8.1 % to 41.6 %, n = 20).',
    );
    // Twelve discordant pairs, all lost: p = 2 / 2¹².
    const said = ablate.findings.worst([worst]);
    expect(said).toContain(
      'With layer 2 left out they are most: 80.0 % (Wilson 95 %: 58.4 % to 91.9 %, n = 20)',
    );
    expect(said).toContain('; accuracy −60.0 points (Newcombe for pairs, 95 %: ');
    expect(said).toContain('; McNemar p < 0.001).');
    expect(ablate.findings.worst([])).toBe('');
  });

  it('say from which depth on the donor is followed', () => {
    const found = { donor: 'RL', recipient: 'IN', asked: 9 };
    const depth = (depth: number, asDonor: number) => ({
      depth,
      n: 4,
      asDonor,
      asRecipient: 4 - asDonor,
      interval: wilson(asDonor, 4),
    });
    expect(
      patch.findings.follows({
        ...found,
        differing: 4,
        depths: [depth(0, 3), depth(1, 1), depth(2, 3), depth(3, 4)],
      }),
    ).toContain(
      'With layers 1 to 2 of RL, most of them follow RL: 75.0 % (Wilson 95 %: 30.1 % to 95.4 %, n = 4: few).',
    );
    expect(patch.findings.follows({ ...found, differing: 0, depths: [] })).toBe(
      'RL and IN answer all 9 questions alike.',
    );
  });

  it('name the merges that differ beyond chance from the reference, in points', () => {
    const right = (count: number): boolean[] => Array.from({ length: 20 }, (_, index) => index < count);
    const row = (name: string, correct: readonly boolean[]): GradedAnswer[] =>
      correct.map((isRight, index) => ({
        ...{ variant: name, experiment: 'reasoning_math500', metric: 'M_rea', settingIndex: 0 },
        ...{ setting: 'A_prompt_only', input: 'question_only', id: String(index), question: '?' },
        ...{ goldAnswer: '1', response: '1', predicted: '1', correct: isRight },
      }));
    const values = { reference: 'IN' } as Parameters<typeof transfer.findings>[1];
    const found = (...graded: GradedAnswer[][]) =>
      transfer.findings(transfer.table(graded.flat(), values), values);
    // Twelve discordant pairs, all gained: p = 2 / 2¹², doubled by Holm.
    expect(found(row('IN', right(4)), row('RL', right(16)), row('IN:RL', right(5)))).toEqual([
      '1 of 2 differences from IN are beyond chance (Holm-adjusted p ≤ 0.05): RL M_rea +60 points (n = 20).',
    ]);
    expect(found(row('IN', right(4)), row('RL', right(5)))).toEqual([
      'None of 1 differences from IN is beyond chance at this number of samples (n = 20; Holm-adjusted p above 0.05 for each).',
    ]);
    expect(found(row('IN', right(4)))).toEqual([]);
  });

  it('say what seeing costs, with its interval and test', () => {
    const share = (hits: number) => ({ n: 20, hits, value: hits / 20, interval: wilson(hits, 20) });
    const sides = [4, 16].map((count) => Array.from({ length: 20 }, (_, index) => index < count));
    const all = {
      ...{ image: share(4), text: share(16) },
      gap: comparePaired(sides[0] ?? [], sides[1] ?? []),
    };
    expect(gap.findings.gap('RL', all, 0)).toMatch(
      /^RL: right by image 20\.0 % \(Wilson 95 %: .*, n = 20\), by text 80\.0 % \(.*\); text less image \+60\.0 points \(Newcombe for pairs, 95 %: \+.* to \+.*; McNemar p < 0\.001\)\.$/,
    );
    expect(gap.findings.gap('RL', all, 3)).toContain('; 3 not decided in time).');
  });

  it('say of runs with a frozen region how they differ from IN, and which regions are untouched', () => {
    const answer = (variant: string, id: string, correct: boolean): GradedAnswer =>
      ({
        ...{ variant, id, correct, metric: 'M_rea', experiment: 'reasoning', setting: 'A', settingIndex: 0 },
        rule: correct ? 'equivalence' : NOT_DECIDED,
      }) as GradedAnswer;
    const graded = ['1', '2', '3', '4'].flatMap((id) => [answer('IN', id, true), answer('RL', id, id < '3')]);
    const values = { cuts: null, samples: null, seed: 0, style: null, maxNewTokens: null };
    expect(necessity.findings(necessity.table(graded, values), values)).toEqual([
      'None of 1 differences from IN is beyond chance at this number of samples (n = 4; Holm-adjusted p above 0.05 for each).',
      expect.stringMatching(
        /^RL, M_rea: −50\.0 points against IN \(Newcombe for pairs, 95 %: .*; McNemar p = 0\.500; Holm p = 0\.500; n = 4: few\)\.$/,
      ),
      'RL, M_rea: 2 not decided in time (n = 4).',
    ]);
    expect(ofNecessity.findings.untouched('RL', [])).toBe('RL: no region is untouched.');
    expect(ofNecessity.findings.untouched('x', ['early', 'late'])).toBe('x: untouched: early, late.');
  });
});
