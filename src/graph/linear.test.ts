import { describe, expect, it } from 'vitest';
import { float32, runModel } from '../engine/testing/run-graph.ts';
import { testWeights } from '../engine/testing/test-weights.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { linear } from './linear.ts';
import { GraphBuilder } from './onnx.ts';
import { values } from './testing/random.ts';
import { linearOf } from './testing/reference.ts';
import type { ConstantWeights, LinearFormat } from './weights.ts';
import { WeightBinder } from './weights.ts';

const ROWS = 3;
const OUT = 24;

function linearGraph(into: number, bias: boolean, format: LinearFormat, constants?: ConstantWeights) {
  const graph = new GraphBuilder();
  const binder = new WeightBinder(graph, constants);
  const x = graph.input('x', 'float32', ['rows', into]);
  graph.output('y', linear(graph, binder, x, 'm', { out: OUT, in: into, bias }, format), 'float32', [
    'rows',
    OUT,
  ]);
  return { model: graph.encode(), weights: binder.weights };
}

const cases = (['f32', 'f16', 'q8', 'q4', 'q8-zeros', 'q4-zeros'] as const).flatMap((format) =>
  [20, 52, 64, 72].flatMap((into) => [false, true].map((bias) => [format, into, bias] as const)),
);

describe('linear', () => {
  it.each(cases)('%s, %d inputs, bias %s: x Wᵀ + b', async (format, into, bias) => {
    const { model, weights } = linearGraph(into, bias, format);
    expect(weights.map(({ name }) => name)).toEqual(bias ? ['m.weight', 'm.bias'] : ['m.weight']);
    const test = testWeights(weights, into);
    const x = values(ROWS * into, 7);
    const expected = linearOf(x, test.of('m.weight'), bias ? test.of('m.bias') : null, into);
    const asInputs = await runModel(model, { x: float32([ROWS, into], x), ...test.feeds });
    expect(relativeError(asInputs('y'), expected)).toBeLessThan(2e-6);
    const baked = linearGraph(into, bias, format, test.constants).model;
    const asConstants = await runModel(baked, { x: float32([ROWS, into], x) });
    expect(relativeError(asConstants('y'), expected)).toBeLessThan(2e-6);
  });
});
