import { expect, it } from 'vitest';
import { relativeError } from '../statistics/relative-error.ts';
import { float32, runModel } from '../engine/testing/run-graph.ts';
import { testWeights } from '../engine/testing/test-weights.ts';
import { gatedMlp } from './mlp.ts';
import { GraphBuilder } from './onnx.ts';
import { values } from './testing/random.ts';
import { gatedMlpOf } from './testing/reference.ts';
import { WeightBinder } from './weights.ts';

it.each([
  ['f32', true],
  ['q4', false],
] as const)('gatedMlp in %s, biases %s, is down(silu(gate(x)) · up(x))', async (format, bias) => {
  const [hidden, intermediate, rows] = [20, 52, 3];
  const graph = new GraphBuilder();
  const weights = new WeightBinder(graph);
  const x = graph.input('x', 'float32', ['rows', hidden]);
  const y = gatedMlp(graph, weights, x, 'mlp.', { hidden, intermediate, bias }, format);
  graph.output('y', y, 'float32', ['rows', hidden]);
  const test = testWeights(weights.weights);
  const data = values(rows * hidden, 6, 3);
  const { of } = test;
  const expected = gatedMlpOf(
    data,
    {
      gate: of('mlp.gate_proj.weight'),
      up: of('mlp.up_proj.weight'),
      down: of('mlp.down_proj.weight'),
      ...(bias
        ? {
            gateBias: of('mlp.gate_proj.bias'),
            upBias: of('mlp.up_proj.bias'),
            downBias: of('mlp.down_proj.bias'),
          }
        : {}),
    },
    hidden,
    intermediate,
  );
  const result = await runModel(graph.encode(), { x: float32([rows, hidden], data), ...test.feeds });
  expect(relativeError(result('y'), expected)).toBeLessThan(2e-6);
});
