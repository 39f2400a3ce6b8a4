import { describe, expect, it } from 'vitest';
import { relativeError } from '../statistics/relative-error.ts';
import { float32, int64, runModel } from '../engine/testing/run-graph.ts';
import { GraphBuilder } from './onnx.ts';
import { rotary } from './rotary.ts';
import { values } from './testing/random.ts';
import { rotaryOf } from './testing/reference.ts';

const HEADS = 3;

async function rotate(
  headDim: number,
  dims: readonly [number, number],
  positions: number[],
  tableRows: number,
) {
  const width = HEADS * headDim;
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', ['B', 'S', width]);
  const inputs = {
    positions: graph.input('positions', 'int64', ['B', 'S']),
    cos: graph.input('cos', 'float32', ['T', headDim / 2]),
    sin: graph.input('sin', 'float32', ['T', headDim / 2]),
  };
  graph.output('y', rotary(graph, x, inputs, HEADS), 'float32', ['B', 'S', width]);
  const data = values(dims[0] * dims[1] * width, 4);
  const angles = values((tableRows * headDim) / 2, 5, Math.PI);
  const result = await runModel(graph.encode(), {
    x: float32([...dims, width], data),
    positions: int64(dims, positions),
    cos: float32([tableRows, headDim / 2], angles.map(Math.cos)),
    sin: float32([tableRows, headDim / 2], angles.map(Math.sin)),
  });
  return relativeError(result('y'), rotaryOf(data, headDim, width, angles, positions));
}

describe('rotary', () => {
  it.each([16, 24, 80])('turns each token by its row of the table, head size %d', async (headDim) => {
    expect(await rotate(headDim, [1, 4], [0, 1, 2, 3], 4)).toBeLessThan(1e-6);
  });

  it('takes rows in any order, other ones in each batch entry', async () => {
    expect(await rotate(16, [3, 2], [4, 0, 2, 2, 1, 3], 5)).toBeLessThan(1e-6);
  });

  it('serves a decode step: one table row for the next token of every batch entry', async () => {
    expect(await rotate(16, [4, 1], [0, 0, 0, 0], 1)).toBeLessThan(1e-6);
  });
});
