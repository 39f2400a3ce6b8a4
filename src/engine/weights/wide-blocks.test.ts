import { ort } from '../testing/one-thread-ort.ts';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../checkpoint/checkpoint.ts';
import { gptqFolder } from '../../checkpoint/formats/testing/gptq-folder.ts';
import { linear } from '../../graph/linear.ts';
import { GraphBuilder } from '../../graph/onnx.ts';
import { matrixSlots, WeightBinder } from '../../graph/weights.ts';
import type { Backend } from '../backend/backend.ts';
import { WeightArrays } from './arrays.ts';
import { inlineConvert } from './convert-inline.ts';
import { loadWeights } from './load.ts';
import type { PlannedWeight } from './plan.ts';
import { inWideBlocks } from './stored-blocks.ts';

const MODULE = 'model.layers.0.mlp.up_proj';
const ROWS = 16;
const X = 3;

/** A GPTQ matrix of so many columns, and what a plan of it says. */
async function stored(columns: number, group: number) {
  const checkpoint = await openCheckpoint(await gptqFolder(5, { [MODULE]: ROWS }, columns, group));
  const planned: PlannedWeight = {
    ...{ tensor: `${MODULE}.weight`, firstRow: 0, rows: ROWS, columns, format: 'q4-zeros', block: 32 },
    slots: matrixSlots('m.weight', ROWS, columns, 'q4-zeros'),
  };
  return { checkpoint, plan: [planned], wide: inWideBlocks(checkpoint, [planned]) };
}

/** Loaded as a plan says, and multiplied by onnxruntime: `[X, ROWS]`. */
async function product(
  checkpoint: Awaited<ReturnType<typeof stored>>['checkpoint'],
  plan: readonly PlannedWeight[],
  columns: number,
): Promise<{ readonly y: Float32Array; readonly bytes: number }> {
  const arrays = new WeightArrays({ constantWeights: true } as Backend);
  await loadWeights(checkpoint, plan, arrays, { convert: inlineConvert });
  const graph = new GraphBuilder();
  const binder = new WeightBinder(graph, ({ name }) => arrays.constant(name));
  const x = graph.input('x', 'float32', [X, columns]);
  const y = linear(graph, binder, x, 'm', { out: ROWS, in: columns, bias: false }, 'q4-zeros');
  graph.output('y', y, 'float32', [X, ROWS]);
  const session = await ort.InferenceSession.create(graph.encode(), { executionProviders: ['wasm'] });
  const values = Float32Array.from({ length: X * columns }, (_, at) => Math.sin(1 + 0.7 * at));
  const { y: found } = await session.run({ x: new ort.Tensor('float32', values, [X, columns]) });
  await session.release();
  return { y: found?.data as Float32Array, bytes: arrays.bytes };
}

describe('blocks of 128', () => {
  it.each([
    [512, 128],
    [768, 256],
    [384, 384],
  ])(
    '%d columns with a scale in %d: the same products with a quarter of the scales',
    async (columns, group) => {
      const { checkpoint, plan, wide } = await stored(columns, group);
      expect(wide[0]?.block).toBe(128);
      const [narrow, found] = [
        await product(checkpoint, plan, columns),
        await product(checkpoint, wide, columns),
      ];
      expect(found.y).toEqual(narrow.y);
      expect(new Set(found.y).size).toBe(X * ROWS);
      const codes = (ROWS * columns) / 2;
      const [blocks, fewer] = [columns / 32, columns / 128];
      expect(narrow.bytes).toBe(codes + ROWS * (4 * blocks + Math.ceil(blocks / 2)));
      expect(found.bytes).toBe(codes + ROWS * (4 * fewer + Math.ceil(fewer / 2)));
    },
  );

  it.each([
    ['groups of 64', 512, 64],
    ['a row that no such blocks fill', 320, 320],
  ])('are not for %s', async (_, columns, group) => {
    const { plan, wide } = await stored(columns, group);
    expect(wide).toEqual(plan);
  });
});
