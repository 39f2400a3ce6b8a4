import { expect, it } from 'vitest';
import { relativeError } from '../statistics/relative-error.ts';
import { float32, runModel } from '../engine/testing/run-graph.ts';
import { addRmsNorm, rmsNorm } from './norm.ts';
import { GraphBuilder } from './onnx.ts';
import { values } from './testing/random.ts';
import { add, rmsNormOf } from './testing/reference.ts';

const [B, S, D] = [2, 3, 72];
// Large enough that leaving it out, or taking it under the wrong root, shows.
const EPSILON = 0.05;

it('rmsNorm and addRmsNorm are x / √(mean x² + ε) · γ', async () => {
  const graph = new GraphBuilder();
  const [x, y] = ['x', 'y'].map((name) => graph.input(name, 'float32', ['B', 'S', D])) as [never, never];
  const gamma = graph.input('gamma', 'float32', [D]);
  graph.output('normed', rmsNorm(graph, x, gamma, EPSILON), 'float32', ['B', 'S', D]);
  const [normed, sum] = addRmsNorm(graph, x, y, gamma, EPSILON);
  graph.output('normed_sum', normed, 'float32', ['B', 'S', D]);
  graph.output('sum', sum, 'float32', ['B', 'S', D]);
  const [a, b, g] = [values(B * S * D, 1, 0.4), values(B * S * D, 2, 3), values(D, 3)];
  const result = await runModel(graph.encode(), {
    x: float32([B, S, D], a),
    y: float32([B, S, D], b),
    gamma: float32([D], g),
  });
  expect(relativeError(result('normed'), rmsNormOf(a, g, EPSILON))).toBeLessThan(1e-6);
  expect(relativeError(result('sum'), add(a, b))).toBeLessThan(1e-6);
  expect(relativeError(result('normed_sum'), rmsNormOf(add(a, b), g, EPSILON))).toBeLessThan(1e-6);
});
