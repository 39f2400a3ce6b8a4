import { describe, expect, it } from 'vitest';
import { relativeError } from '../statistics/relative-error.ts';
import { float32, int64, runModel } from '../engine/testing/run-graph.ts';
import { testWeights } from '../engine/testing/test-weights.ts';
import { headGraph } from './head.ts';
import { values } from './testing/random.ts';
import { linearOf, rmsNormOf } from './testing/reference.ts';

const HIDDEN = 20;
const spec = { hiddenSize: HIDDEN, rows: 50, rmsNormEps: 1e-6, format: 'f32', output: 'logits' } as const;
const [B, S] = [2, 3];
const hidden = values(B * S * HIDDEN, 1);
// Out of order, and one of them twice.
const last = [5, 2, 2];
const feeds = { hidden: float32([B, S, HIDDEN], hidden), last: int64([last.length], last) };

describe('the head', () => {
  it.each(['f32', 'f16', 'q8', 'q4'] as const)(
    'in %s gives the logits of the positions asked for',
    async (format) => {
      const graph = headGraph({ ...spec, format });
      const { feeds: weights, of } = testWeights(graph.weights);
      const chosen = last.flatMap((at) => [...hidden.subarray(at * HIDDEN, (at + 1) * HIDDEN)]);
      const normed = rmsNormOf(chosen, of('norm.weight'), spec.rmsNormEps);
      const expected = linearOf(normed, of('lm_head.weight'), null, HIDDEN);
      const result = await runModel(graph.model, { ...feeds, ...weights });
      expect(result.dims('logits')).toEqual([last.length, spec.rows]);
      expect(relativeError(result('logits'), expected)).toBeLessThan(3e-6);

      const greedy = await runModel(headGraph({ ...spec, format, output: 'greedy' }).model, {
        ...feeds,
        ...weights,
      });
      const best = last.map((_, at) => {
        const row = [...result('logits').subarray(at * spec.rows, (at + 1) * spec.rows)];
        return { token: row.indexOf(Math.max(...row)), logit: Math.max(...row) };
      });
      expect(greedy.integers('token')).toEqual(best.map(({ token }) => token));
      expect([...greedy('logit')]).toEqual(best.map(({ logit }) => logit));
    },
  );

  it('names the lowest id on a tie', async () => {
    const graph = headGraph({ ...spec, output: 'greedy' });
    const { feeds: weights, of } = testWeights(graph.weights);
    const matrix = of('lm_head.weight').slice();
    const rowOf = (token: number): Float32Array => matrix.subarray(token * HIDDEN, (token + 1) * HIDDEN);
    // Tokens 7, 30 and 49 all point along the normed hidden state, far beyond the others.
    const normed = rmsNormOf(hidden.subarray(5 * HIDDEN), of('norm.weight'), spec.rmsNormEps);
    for (const token of [49, 7, 30]) rowOf(token).set(normed);
    const result = await runModel(graph.model, {
      hidden: feeds.hidden,
      last: int64([1], [5]),
      ...weights,
      'lm_head.weight': float32([spec.rows, HIDDEN], matrix),
    });
    expect(result.integers('token')).toEqual([7]);
  });
});
