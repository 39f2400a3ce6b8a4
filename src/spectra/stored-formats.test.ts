/** The energy between a checkpoint and its own rounding to a stored format is that of the rounding, and of nothing else. */
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { readableFolder } from '../checkpoint/formats/open.ts';
import { TensorReader } from '../checkpoint/formats/tensor-reader.ts';
import type { DecodedFolder } from '../checkpoint/formats/decoded-folder.ts';
import { quantizedFolder } from '../checkpoint/formats/testing/float-cases.ts';
import type { RawTensor } from '../checkpoint/formats/testing/raw-tensors.ts';
import { floatBook } from '../checkpoint/formats/codebook/book.ts';
import { seededRandom } from '../work/seeded-random.ts';
import { deltasOf } from './deltas/delta-spec.ts';
import { pairTensors } from './deltas/pairing.ts';
import { measureEnergy } from './energy.ts';
import { testCheckpoint } from './testing/triples.ts';
import { inlineThreads } from './threads/inline.ts';

const NAME = 'model.layers.0.mlp.down_proj.weight';
const [ROWS, COLUMNS] = [64, 256];

/** About normal: the sum of twelve. */
function plainWeights(): Float32Array {
  const random = seededRandom(4);
  return Float32Array.from({ length: ROWS * COLUMNS }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += random();
    return 0.02 * sum;
  });
}

/** Rounded to nearest, one scale a row. */
function fp8Of(plain: Float32Array): Map<string, RawTensor> {
  const { values } = floatBook('F8_E4M3');
  const codes = new Uint8Array(plain.length);
  const scales = new Float32Array(ROWS);
  const usable = [...values.keys()].filter((code) => Number.isFinite(values[code]));
  const sorted = usable.sort((a, b) => (values[a] as number) - (values[b] as number));
  for (let row = 0; row < ROWS; row += 1) {
    const line = plain.subarray(row * COLUMNS, (row + 1) * COLUMNS);
    scales[row] = line.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 448;
    line.forEach((value, column) => {
      const target = value / (scales[row] as number);
      const above = sorted.findIndex((code) => (values[code] as number) >= target);
      const [high = 0x7e, low = 0xfe] = [sorted[above], sorted[above - 1]];
      const up = (values[high] as number) - target <= target - (values[low] as number);
      codes[row * COLUMNS + column] = up ? high : low;
    });
  }
  return new Map<string, RawTensor>([
    [NAME, { dtype: 'F8_E4M3', shape: [ROWS, COLUMNS], bytes: codes }],
    [`${NAME}_scale`, { dtype: 'F32', shape: [ROWS, 1], bytes: new Uint8Array(scales.buffer) }],
  ]);
}

describe('a checkpoint and its rounding to FP8', () => {
  it('are 0.026 apart, as the format itself expects', async () => {
    const plain = plainWeights();
    const folder = (await readableFolder(quantizedFolder(fp8Of(plain), null))) as DecodedFolder;
    const checkpoints = new Map([
      ['in', await testCheckpoint([{ name: NAME, shape: [ROWS, COLUMNS], values: plain }], 'in')],
      ['rl', await openCheckpoint(folder, { name: 'rl' })],
    ]);
    const deltas = deltasOf(checkpoints.keys());
    const pairing = pairTensors(checkpoints, { weights: null });
    const request = { checkpoints, deltas, pairing, rounding: 'stored' as const };
    const record = (await measureEnergy(request, inlineThreads())).get(NAME);
    const [squares = NaN] = Object.values(record?.squares ?? {});
    const relative = Math.sqrt(squares / (record?.weights['in'] ?? NaN));
    expect(relative).toBeGreaterThan(0.0255);
    expect(relative).toBeLessThan(0.027);

    const [tensor] = folder.format.tensors;
    if (!tensor) throw new Error(NAME);
    const reader = new TensorReader(tensor, folder.origin);
    const expected = await reader.roundingEnergy({ first: 0, count: ROWS });
    expect(expected / squares).toBeGreaterThan(0.95);
    expect(expected / squares).toBeLessThan(1.05);
  });
});
