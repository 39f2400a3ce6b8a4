import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './onnx.ts';
import type { LinearFormat, WeightSlot } from './weights.ts';
import { WeightBinder, slotBytes } from './weights.ts';

function slotsOf(out: number, into: number, format: LinearFormat): readonly WeightSlot[] {
  const binder = new WeightBinder(new GraphBuilder());
  binder.matrix('m', out, into, format);
  return binder.weights[0]?.slots ?? [];
}

describe('weight slots', () => {
  it.each([
    ['f32', [100 * 72 * 4]],
    ['f16', [100 * 72 * 2]],
    // 72 columns are three blocks of 32: one byte or half a byte a weight, a float32 scale a block.
    ['q8', [100 * 3 * 32, 100 * 3 * 4]],
    ['q4', [100 * 3 * 16, 100 * 3 * 4]],
  ] as const)('take in %s %j bytes for 100 × 72', (format, bytes) => {
    expect(slotsOf(100, 72, format).map(slotBytes)).toEqual(bytes);
  });

  it('are declared in order, as inputs when there are no constants', () => {
    const graph = new GraphBuilder();
    const binder = new WeightBinder(graph);
    binder.vector('norm', 8);
    binder.matrix('m', 4, 8, 'q4');
    expect(graph.inputs).toEqual(binder.weights.flatMap(({ slots }) => slots));
    expect(graph.inputs.map(({ name }) => name)).toEqual(['norm', 'm', 'm.scales']);
  });
});
