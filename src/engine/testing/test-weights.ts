/** Random weights for a graph in any format, and the float32 values that arithmetic sees through the format. */
import { toFloat32 } from '../../checkpoint/decoding.ts';
import { values } from '../../graph/testing/random.ts';
import type { ConstantWeights, GraphWeight, WeightSlot } from '../../graph/weights.ts';
import { blocksOf } from '../../graph/weights.ts';
import { convertRows } from '../weights/convert.ts';
import { dequantizeBlocks } from '../weights/quantize.ts';
import type { Feed } from './run-graph.ts';

export interface TestWeights {
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly constants: ConstantWeights;
  /** Values of a weight by its name in the graph. */
  of(name: string): Float32Array;
}

/** Norms get values around 1, matrices ones that keep activations near 1. */
export function testWeights(weights: readonly GraphWeight[], seed = 1): TestWeights {
  const feeds: Record<string, Feed> = {};
  const bytes = new Map<string, Uint8Array>();
  const seen = new Map<string, Float32Array>();
  weights.forEach((weight, index) => {
    const { rows, columns, format, slots, name } = weight;
    const dense = values(rows * columns, seed + 0.1 * index, /norm|ln_q/.test(name) ? 0.3 : columns ** -0.5);
    if (/norm|ln_q/.test(name)) dense.forEach((value, at) => (dense[at] = 1 + value));
    const stored = new Uint8Array(dense.buffer);
    const { arrays } = convertRows(stored, { tensor: name, dtype: 'F32', rows, columns, format });
    // Zero points as no conversion makes them: every block has one of its own.
    arrays[2]?.forEach(
      (_, at, zeros) =>
        (zeros[at] = blocksOf(format)?.bits === 4 ? (0x79 + 16 * at) & 0xff : 120 + (at % 17)),
    );
    slots.forEach((slot, part) => {
      const array = arrays[part] as Uint8Array<ArrayBuffer>;
      bytes.set(slot.name, array);
      feeds[slot.name] = [slot.type, slot.dims, typed(slot, array)];
    });
    seen.set(name, backToFloat(weight, arrays));
  });
  const find = <T>(map: Map<string, T>, name: string): T => {
    const found = map.get(name);
    if (found === undefined) throw new RangeError(`no weight ${name}`);
    return found;
  };
  return { feeds, constants: ({ name }) => find(bytes, name), of: (name) => find(seen, name) };
}

function typed({ type }: WeightSlot, bytes: Uint8Array<ArrayBuffer>): Feed[2] {
  if (type === 'float32') return new Float32Array(bytes.buffer);
  return type === 'float16' ? new Uint16Array(bytes.buffer) : bytes;
}

type Bytes = Uint8Array<ArrayBuffer>;

function backToFloat(weight: GraphWeight, arrays: readonly Uint8Array<ArrayBuffer>[]): Float32Array {
  const [data, scales, zeroPoints] = arrays as [Bytes, Bytes, Bytes?];
  const { format, rows, columns } = weight;
  if (format === 'f32') return toFloat32(data, 'F32');
  const blocks = blocksOf(format);
  if (!blocks) return toFloat32(data, 'F16');
  return dequantizeBlocks(
    data,
    new Float32Array(scales.buffer),
    rows,
    columns,
    blocks.bits,
    undefined,
    zeroPoints,
  );
}
