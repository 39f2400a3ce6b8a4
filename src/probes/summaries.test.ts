/** Rates, means and files from records, against numbers worked out by hand. */
import { describe, expect, it } from 'vitest';
import { bootstrapShare } from '../statistics/bootstrap.ts';
import { studentMean } from '../statistics/student.ts';
import { wilson } from '../statistics/wilson.ts';
import {
  ablationResultLines,
  ablationResultsFile,
  errorRates,
  regionErrorRate,
} from './ablation/error-rates.ts';
import { ablateLayer } from './ablation/experiment.ts';
import { gradeResponse } from './ablation/grade.ts';
import type { AblationRecord } from './ablation/sweep.ts';
import {
  attentionByLayer,
  attentionShiftFile,
  type ModelLayers,
  regionAttention,
} from './attention/layer-means.ts';
import { lensByDepth, lensFile, regionReadable } from './lens/depths.ts';
import { patchAgreement, patchFile, patchSamples } from './patching/agreement.ts';
import type { PatchRecord } from './patching/patch.ts';
import type { FinishedAnswer } from './finished-answer.ts';
import { medianOf } from '../statistics/median.ts';
import { changeRates, regionRate, swapResultLines, swapSummaryFile } from './swap/change-rates.ts';
import type { SwapRecord } from './swap/sweep.ts';

const said = (text: string, tokens = 3, stop: FinishedAnswer['stop'] = 'end'): FinishedAnswer => ({
  text,
  tokens,
  stop,
});

function counting(id: string, original: string, ...swapped: string[]): SwapRecord {
  return {
    task: 'counting',
    id,
    prompt: 'How many?',
    targetAnswer: '3',
    sourceAnswer: '10',
    imageTokens: { target: 16, source: 16 },
    resampled: false,
    original: said(original),
    source: null,
    swapped: swapped.map((text, layer) => ({ layer, ...said(text) })),
  };
}

describe('change rates', () => {
  const records = [
    counting('a', '3', '3', '10', '7'),
    counting('b', '4', 'four', '10', '4'),
    { ...counting('c', '3', '3', '3', 'Three'), resampled: true },
    { ...counting('d', 'Yes', 'No'), task: 'recognition' as const, sourceAnswer: 'No' },
  ];

  it('count what changed per task and layer, with Wilson intervals, and where answers went', () => {
    const [first, second] = changeRates(records, 'paper');
    expect(first).toMatchObject({ task: 'counting', n: 3, resampled: 1, changedBefore: 0 });
    expect(first?.layers.map(({ changed }) => changed)).toEqual([0, 2, 1]);
    expect(first?.layers[1]).toMatchObject({ rate: 2 / 3, interval: wilson(2, 3) });
    expect(first?.layers[1]?.went).toEqual({ unchanged: 1, source: 2, elsewhere: 0 });
    expect(first?.layers[2]?.went).toEqual({ unchanged: 2, source: 0, elsewhere: 1 });
    expect(second).toMatchObject({ task: 'recognition', n: 1 });
    // By the reference code words count: "four" is no "4".
    expect(changeRates(records, 'reference')[0]?.layers.map(({ changed }) => changed)).toEqual([1, 2, 2]);
  });

  it('say how many meet the papers’ definition without a swap', () => {
    const wrong = { ...counting('e', 'No', 'No'), task: 'recognition' as const, sourceAnswer: 'No' };
    expect(changeRates([wrong], 'paper')[0]).toMatchObject({ changedBefore: 1, layers: [{ rate: 1 }] });
    expect(changeRates([wrong], 'reference')[0]).toMatchObject({ changedBefore: 0, layers: [{ rate: 0 }] });
  });

  it('of a region take the pairs, not their answers, for what was drawn', () => {
    // Of layers 1 and 2 those that changed: both, one, none.
    const found = regionRate(records, 'counting', 'paper', 1, 2);
    expect(found).toMatchObject({ mean: 0.5, n: 3 });
    const pairs = [2, 1, 0].map((hits) => ({ hits, of: 2 }));
    expect(found?.interval).toEqual(bootstrapShare(pairs)?.interval);
    expect(regionRate(records, 'ocr', 'paper', 0, 2)).toBeNull();
  });

  it('are written as the reference writes them', () => {
    expect(swapSummaryFile(changeRates(records, 'paper'), 50)).toEqual({
      tasks: ['counting', 'recognition'],
      layers: [0, 1, 2],
      num_samples: 50,
      change_rates: { counting: { '0': 0, '1': 2 / 3, '2': 1 / 3 }, recognition: { '0': 1 } },
    });
    expect(swapResultLines(records[1] as SwapRecord, 'paper')[0]).toEqual({
      task: 'counting',
      sample_id: 'b',
      layer: 0,
      original_answer: '4',
      swapped_answer: 'four',
      answer_changed: false,
      target_answer: '3',
      source_answer: '10',
      frankenscope: {
        changed: { paper: false, reference: true },
        went: 'unchanged',
        resampled: false,
        source_own_answer: null,
        tokens: 3,
        stop: 'end',
      },
    });
  });

  it('take the model’s own answer to the source where the pair states none', () => {
    const own = { ...counting('f', '3', '8'), sourceAnswer: '', source: said('There are 8.') };
    expect(changeRates([own], 'paper')[0]?.layers[0]?.went.source).toBe(1);
    expect(swapResultLines(own, 'paper')[0]?.source_answer).toBe('There are 8.');
  });
});

describe('error rates', () => {
  const problem = (id: string, baseline: string, ...ablated: string[]): AblationRecord => ({
    id,
    question: 'q',
    answer: '84',
    hasImage: false,
    baseline: said(baseline, 10),
    ablated: ablated.map((text, layer) => ({ experiment: `layer_${layer}`, ...said(text, 20, 'length') })),
  });
  const records = [
    problem('a', '<think>68 + 16</think><answer>84</answer>', '84', 'I do not know'),
    problem('b', 'It is \\boxed{84}', '12', ''),
    problem('c', 'so 83', '84.5', '<answer>84</answer>'),
  ];
  const experiments = [ablateLayer(0), ablateLayer(1), ablateLayer(2)];
  const rates = errorRates(records, experiments);

  it('grade the extracted answer, within one percent, and compare with the baseline problem by problem', () => {
    // 83 is off by 1.2 %, 84.5 by 0.6 %.
    expect(rates.map(({ experiment, correct, n }) => [experiment, correct, n])).toEqual([
      ['baseline', 2, 3],
      ['layer_0', 2, 3],
      ['layer_1', 1, 3],
    ]);
    expect(rates[1]?.drop).toMatchObject({ lost: 1, gained: 1, delta: 0, p: 1 });
    expect(rates[2]).toMatchObject({
      errorRate: 2 / 3,
      interval: wilson(2, 3),
      drop: { lost: 2, gained: 1 },
    });
  });

  it('say what became of length and format', () => {
    expect(rates[0]?.form).toMatchObject({
      meanTokens: 10,
      cutOff: 0,
      withAnswerTag: 1 / 3,
      withThought: 1 / 3,
    });
    expect(rates[2]?.form).toMatchObject({ meanTokens: 20, cutOff: 1, withAnswerTag: 1 / 3, empty: 1 / 3 });
  });

  it('are written as the reference writes them', () => {
    expect(ablationResultsFile(rates)).toEqual({
      baseline: { experiment: 'baseline', ablated_layer: -1, accuracy: 0.6667, correct: 2, total: 3 },
      layer_0: { experiment: 'layer_0', ablated_layer: 0, accuracy: 0.6667, correct: 2, total: 3 },
      layer_1: { experiment: 'layer_1', ablated_layer: 1, accuracy: 0.3333, correct: 1, total: 3 },
    });
    const model = { name: 'm', type: 'base' };
    expect(ablationResultLines(records, ablateLayer(1), model)[0]).toEqual({
      id: 'a',
      question: 'q',
      gold_answer: '84',
      predicted: '',
      correct: false,
      full_response: 'I do not know',
      model_type: 'base',
      model: 'm',
      ablation: 'layer_1',
      ablated_layer: 1,
    });
    expect(ablationResultLines(records, null, model)[2]).toMatchObject({
      ablated_layer: -1,
      ablation: 'baseline',
    });
  });

  it('let a choice be named by its letter, and a short answer about an image stand as it is', () => {
    const question = { answer: 'right', choices: ['left', 'right'], hasImage: true };
    expect(gradeResponse(question, 'B').correct).toBe(true);
    expect(gradeResponse(question, 'Right').correct).toBe(true);
    expect(gradeResponse(question, 'A').correct).toBe(false);
    expect(gradeResponse({ answer: 'red', hasImage: true }, 'Red')).toEqual({
      predicted: 'Red',
      correct: true,
    });
    expect(gradeResponse({ answer: '4', hasImage: false }, '')).toEqual({ predicted: '', correct: false });
  });

  it('of a region take problems for what was drawn', () => {
    // Wrong without layer 0 or 1: one, two and one of two.
    const wrong = [1, 2, 0].map((hits) => ({ hits, of: 2 }));
    const found = regionErrorRate(records, 'layer', 0, 1);
    expect(found).toEqual(bootstrapShare(wrong));
    expect(regionErrorRate(records, 'mlp', 0, 1)).toBeNull();
  });

  it('of nothing are none', () => expect(errorRates([], experiments)).toEqual([]));
});

describe('attention by layer', () => {
  const record = (id: string, imageTokens: number, ...models: [string, number[][]][]) => ({
    id,
    question: 'q',
    imageTokens,
    models: models.map(([name, mass]) => ({ name, response: 'r', queries: mass.length ? 4 : 0, mass })),
  });
  const records = [
    record('a', 10, ['in', [[0.2, 0.4]]], ['rl', [[0.6, 0.6]]]),
    record('b', 20, ['in', [[0.1, 0.1]]], ['rl', []]),
  ];
  const [before, after] = attentionByLayer(records) as [ModelLayers, ModelLayers];

  it('averages heads, then samples; the mean divides by each sample’s own image tokens', () => {
    expect(before.layers[0]?.mass.mean).toBeCloseTo(0.2, 12);
    expect(before.layers[0]?.mean.mean).toBeCloseTo((0.03 + 0.005) / 2, 12);
    expect(before.layers[0]?.heads[1]).toBeCloseTo(0.25, 12);
    expect(before.layers[0]?.heads[0]).toBeCloseTo(0.15, 12);
  });

  it('leaves out, and counts, samples without a token to look from', () => {
    expect([after.n, after.without]).toEqual([1, 1]);
    expect(after.layers[0]?.mass.mean).toBeCloseTo(0.6, 12);
  });

  it('averages a region within a sample, then over samples', () => {
    const two = (id: string, a: number, b: number) => record(id, 10, ['in', [[a], [b]]]);
    const found = regionAttention([two('a', 0.1, 0.3), two('b', 0.4, 0.8)], 'in', 'mass', 0, 1);
    expect(found?.mean).toBeCloseTo(0.4, 12);
    expect(found?.interval).toEqual(
      studentMean([(0.1 + 0.3) / 2, (0.4 + 0.8) / 2], { low: 0, high: 1 })?.interval,
    );
    expect(regionAttention([], 'in', 'mass', 0, 1)).toBeNull();
  });

  it('is written with both models beside each other', () => {
    const file = attentionShiftFile(before, after, { n: 2 });
    // Base stands beside them only where it was asked.
    const three = attentionShiftFile(before, after, { n: 2 }, before);
    expect(three.layers.map(({ base }) => base)).toEqual(file.layers.map((layer) => layer.in));
    expect(file.layers.some((layer) => 'base' in layer)).toBe(false);
    expect(file.metadata).toEqual({ n: 2 });
    expect(file.layers[0]).toMatchObject({ layer: 0, rl: { mass: 0.6 } });
  });
});

it('the lens is summed up by depth', () => {
  const layer = (rank: number, probability: number) => ({
    top: { token: 1, text: 'a', probability },
    rank,
    probability,
  });
  const of = (id: string, ...layers: ReturnType<typeof layer>[]) => ({
    id,
    question: 'q',
    models: [{ name: 'in', response: 'r', answer: layers.length ? { token: 1, text: 'a' } : null, layers }],
  });
  const [model] = lensByDepth([
    of('a', layer(9, 0.1), layer(1, 0.9)),
    of('b', layer(4, 0.3), layer(3, 0.2)),
    of('c'),
  ]);
  expect(model).toMatchObject({ name: 'in', n: 2, without: 1 });
  expect(model?.depths[0]).toMatchObject({
    depth: 0,
    readable: 0,
    medianRank: 6.5,
    probability: 0.2,
  });
  const region = regionReadable(
    [of('a', layer(1, 0.1), layer(1, 0.9)), of('b', layer(4, 0.3), layer(1, 0.2))],
    'in',
    0,
    1,
  );
  expect(region).toEqual(
    bootstrapShare([
      { hits: 2, of: 2 },
      { hits: 1, of: 2 },
    ]),
  );
  expect(model?.depths[1]).toMatchObject({ readable: 0.5, interval: wilson(1, 2), medianRank: 2 });
  const file = lensFile([of('a', layer(9, 0.1), layer(1, 0.9)), of('c')], { seed: 3 });
  expect(file).toMatchObject({
    metadata: { seed: 3 },
    models: [
      { name: 'in', n: 1, without: 1, depths: [{ median_rank: 9 }, { readable: 1, probability: 0.9 }] },
    ],
    samples: [
      { id: 'a', model: 'in', answer_token: 'a', depths: [{ rank: 9 }, { rank: 1, top: 'a' }] },
      { id: 'c', answer_token: null, depths: [] },
    ],
  });
});

it('the file of the lens has the likeliest tokens where more than one was kept', () => {
  const likely = ['a', 'b'].map((text, token) => ({ token, text, probability: 0.5 - token / 10 }));
  const [top = { token: 0, text: '', probability: 0 }] = likely;
  const models = [
    {
      ...{ name: 'in', response: 'r', answer: { token: 0, text: 'a' } },
      layers: [{ top, topk: likely, probability: 0.5, rank: 1 }],
    },
  ];
  expect(lensFile([{ id: 'a', question: 'q', models }], {})).toMatchObject({
    samples: [
      {
        depths: [
          {
            top: 'a',
            topk: [
              { text: 'a', probability: 0.5 },
              { text: 'b', probability: 0.4 },
            ],
          },
        ],
      },
    ],
  });
});

it('patched answers are compared where the two models differ', () => {
  const record = (run: PatchRecord['run'], id: string, text: string): PatchRecord => ({
    id,
    run,
    question: 'q',
    answer: '',
    said: said(text),
  });
  const records = [
    ...[
      record('donor', 'a', 'Yes'),
      record('recipient', 'a', 'No'),
      record(0, 'a', 'No.'),
      record(1, 'a', 'yes'),
    ],
    ...[record('donor', 'b', '4'), record('recipient', 'b', '4'), record(0, 'b', '5')],
    ...[record('donor', 'c', '1'), record('recipient', 'c', '2'), record(0, 'c', '3')],
    record('recipient', 'd', '2'),
  ];
  const found = patchAgreement(records);
  expect(found).toMatchObject({ asked: 3, differing: 2 });
  expect(found.depths).toEqual([
    { depth: 0, n: 2, asDonor: 0, asRecipient: 1, interval: wilson(0, 2) },
    { depth: 1, n: 1, asDonor: 1, asRecipient: 0, interval: wilson(1, 1) },
  ]);
  expect(patchSamples(records, 0).map(({ id, like }) => [id, like])).toEqual([
    ['a', 'recipient'],
    ['c', 'neither'],
  ]);
  expect(patchSamples(records, 1)).toMatchObject([
    { id: 'a', donor: 'Yes', recipient: 'No', patched: 'yes', like: 'donor' },
  ]);
  expect(patchFile(records, { n: 4 })).toMatchObject({
    ...{ metadata: { n: 4 }, asked: 3, differing: 2 },
    depths: [
      { depth: 0, as_donor: 0, as_recipient: 1 },
      { depth: 1, as_donor: 1 },
    ],
    answers: records.map(({ id, run, said: { text } }) => ({ id, run, full_response: text })),
  });
});

describe('means', () => {
  it('have between their middle values the median of an even number', () => {
    expect([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3])]).toEqual([2, 2.5]);
    expect(medianOf([])).toBeNaN();
  });
});
