/**
 * Integer-quantized matrices against compressed-tensors' own values, and those of GPTQ and AWQ by their published formula
 * (`tools/quantized/integers.py`): to the bit, whole, by rows, and packed.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../work/sha256.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint.ts';
import { toFloat32 } from '../../decoding.ts';
import type { PackedRows, Packing, Rows } from '../codec.ts';
import { codecOf } from '../codecs.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import { readableFolder } from '../open.ts';
import { TensorReader } from '../tensor-reader.ts';
import { folderOf, integerCases, type IntegerCase, type ReadFixture } from '../testing/integer-cases.ts';

const DATA = new URL('../../../../tools/quantized/data/integers/', import.meta.url);
const read: ReadFixture = (file) => new Uint8Array(readFileSync(new URL(file, DATA)));
const FILES = ['packed', 'compressed-tensors', 'compressed-tensors-0.17'];
const cases = (await Promise.all(FILES.map((file) => integerCases(read, file)))).flat();
const named = cases.map((item) => [item.name, item] as const);

const WEIGHT = 'model.layers.0.mlp.down_proj.weight';
const bitsOf = ({ buffer, byteOffset, length }: Float32Array<ArrayBuffer>): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length);

/** The decoded matrix, its reader, and every run of rows that is tried. */
async function opened({ said, tensors, shape }: IntegerCase) {
  const files = await readableFolder(folderOf(said, tensors));
  if (!(files instanceof DecodedFolder)) throw new RangeError('it opened as plain');
  const tensor = files.format.tensors.find(({ storedName }) => storedName === WEIGHT);
  if (!tensor) throw new RangeError(`no ${WEIGHT}`);
  const [rows, columns] = shape;
  const all = { first: 0, count: rows };
  const runs: Rows[] = [all, { first: rows - 1, count: 1 }, { first: 1, count: Math.min(3, rows - 1) }];
  return { files, tensor, reader: new TensorReader(tensor, files.origin), rows, columns, all, runs };
}

/** (code − zero) · scale, place by place. */
function unpacked(
  { packed, scales, zeroPoints }: PackedRows,
  { bits }: Packing,
  rows: number,
  columns: number,
): Float32Array<ArrayBuffer> {
  const blocks = Math.ceil(columns / 32);
  const code = (codes: Uint8Array, at: number): number =>
    bits === 8 ? (codes[at] as number) : ((codes[at >> 1] as number) >> (4 * (at & 1))) & 15;
  const values = new Float32Array(rows * blocks * 32);
  for (let row = 0; row < rows; row += 1) {
    for (let place = 0; place < blocks * 32; place += 1) {
      const block = place >> 5;
      const ofRow = zeroPoints?.subarray((row * zeroPoints.length) / rows);
      const zero = ofRow ? code(ofRow, block) : 2 ** (bits - 1);
      const at = row * blocks * 32 + place;
      values[at] = (code(packed, at) - zero) * (scales[row * blocks + block] as number);
    }
  }
  return values;
}

describe('integer-quantized weights', () => {
  it('are all there: every width, layout and strategy', () => {
    expect(cases).toHaveLength(20 + 28 + 4 + 1 + 8 + 1 + 18);
  });

  it.each(named)('have the values of the reference, to the bit: %s', async (_, item) => {
    const { files, reader, rows, columns, all, runs } = await opened(item);
    const checkpoint = await openCheckpoint(files);
    expect([...checkpoint.tensors.keys()].sort()).toEqual([WEIGHT, 'model.norm.weight']);
    const entry = checkpoint.tensors.get(WEIGHT);
    if (!entry) throw new RangeError('no weight');
    expect(entry.shape).toEqual([rows, columns]);
    expect(entry.dtype).toBe('F32');
    const bytes = await readTensorBytes(checkpoint, entry);
    expect(await sha256Hex(bytes)).toBe(item.values);
    const values = toFloat32(bytes, 'F32');
    expect(await reader.values(all)).toEqual(values);
    for (const { first, count } of runs) {
      const some = await reader.values({ first, count });
      expect(bitsOf(some)).toEqual(bitsOf(values.slice(first * columns, (first + count) * columns)));
    }
    // The declaration is true of what was read: nothing is left to say about it.
    expect(checkpoint.notices).toEqual([]);
    expect(checkpoint.format).toMatch(/^(GPTQ|AWQ|AutoRound|compressed-tensors), \d bits/);
  });

  it.each(named)('are packed without a change, where blocks of 32 fit: %s', async (_, item) => {
    const { tensor, reader, columns, runs } = await opened(item);
    const packing = codecOf(tensor).packing();
    const said = JSON.stringify(item.said);
    const group = Number(/"(?:group_size|GROUP)":(-?\d+)/.exec(said)?.[1] ?? -1);
    const fits = (group === -1 || group % 32 === 0) && !/"desc_act":true/.test(said) && !/block"/.test(said);
    const ordered = item.tensors.some(({ name }) => name === 'weight_g_idx');
    expect(packing !== null).toBe(fits && !ordered);
    if (!packing) return;
    const symmetric = /"(sym|symmetric)":true|"zero_point":false/.test(said);
    expect(packing.zeroPoints).toBe(!symmetric);
    for (const run of runs) {
      const packed = await reader.packed(run);
      expect(packed.zeroPoints === null).toBe(symmetric);
      const blocks = Math.ceil(columns / 32);
      expect(packed.packed.length).toBe(run.count * blocks * 4 * packing.bits);
      const found = unpacked(packed, packing, run.count, columns);
      const values = await reader.values(run);
      for (let row = 0; row < run.count; row += 1) {
        const own = found.slice(row * blocks * 32, row * blocks * 32 + columns);
        expect(bitsOf(own)).toEqual(bitsOf(values.slice(row * columns, (row + 1) * columns)));
        const padding = found.slice(row * blocks * 32 + columns, (row + 1) * blocks * 32);
        expect(padding.every((value) => value === 0)).toBe(true);
      }
    }
  });

  it.each(named)('round by a twelfth of the squared scale, element by element: %s', async (_, item) => {
    const { reader, rows, columns, all } = await opened(item);
    const scales = item.tensors.find(({ name }) => name === 'scales' || name === 'weight_scale');
    const order = item.tensors.find(({ name }) => name === 'g_idx' || name === 'weight_g_idx');
    if (!scales) throw new RangeError('no scales');
    const stored = toFloat32(scales.bytes, scales.dtype);
    const table = order && new Int32Array(order.bytes.slice().buffer);
    const transposed = scales.name === 'scales';
    const [tall = 1, wide = 1] = transposed ? [...scales.shape].reverse() : scales.shape;
    const weights = /"block_structure":\[(\d+),(\d+)\]/.exec(JSON.stringify(item.said));
    const height = weights ? Number(weights[1]) : Math.ceil(rows / tall);
    const width = Number(
      /"group_size":(\d+)/.exec(JSON.stringify(item.said))?.[1] ?? weights?.[2] ?? columns,
    );
    let sum = 0;
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const group = table?.[column] ?? Math.floor(column / width);
        const of = Math.floor(row / height);
        sum += (stored[transposed ? group * tall + of : of * wide + group] as number) ** 2 / 12;
      }
    }
    expect((await reader.roundingEnergy(all)) / sum).toBeCloseTo(1, 12);
  });
});
