/**
 * Folders of every layout of floats, changed at random: names, dtypes, shapes, counts, the states in JSON, the declaration. Each is
 * refused by a named error, or opens and can be read; never anything else, and nothing large is made of it.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../work/seeded-random.ts';
import { openCheckpoint } from '../../checkpoint.ts';
import { bitsOf } from '../../dtype.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import { matrixOf } from '../encoded.ts';
import { readableFolder } from '../open.ts';
import { TensorReader } from '../tensor-reader.ts';
import { floatCases, quantizedFolder } from '../testing/float-cases.ts';
import { fuzzed, FUZZ_TIMEOUT } from '../testing/fuzz.ts';
import type { RawTensor } from '../testing/raw-tensors.ts';

/** Far above what any change of a case of some kB can stand for, far below what would be felt. */
const MOST_BYTES = 2 ** 20;
const DTYPES: readonly RawTensor['dtype'][] = [
  ...(['F32', 'F16', 'BF16', 'F64', 'F8_E4M3', 'F8_E5M2', 'F8_E8M0'] as const),
  ...(['I8', 'U8', 'I32', 'I64', 'BOOL', 'F4', 'C64'] as const),
];
const VALUES: readonly unknown[] = [
  ...[0, 1, -1, 2, 16, 31, 32, 64, 128, 4096, 1e9, 2 ** 53, 1e300, 0.5, NaN],
  ...[null, true, '', 'nf4', 'x'.repeat(100), [], {}, [0], [-1, 2], [1e9, 1e9], [2 ** 31, 2 ** 31], [[[]]]],
];

/** Whatever else was changed, such a folder is not plain. */
const SCALES =
  /(weight_scale(_inv|_2)?|_packed|weight_global_scale|_blocks|_scales|absmax|quant_map|SCB|__[nf][pf]4)$/;

const DATA = new URL('../../../../tools/quantized/data/floats/', import.meta.url);
const CASES = [...(await floatCases((file) => new Uint8Array(readFileSync(new URL(file, DATA))))).values()];

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** With as many bytes as the shape asks for, those that were there first. */
function fitted(tensor: RawTensor, dtype: RawTensor['dtype'], shape: readonly number[]): RawTensor {
  const bits = shape.reduce((product, dim) => product * dim, bitsOf(dtype));
  if (bits % 8 !== 0 || bits / 8 > MOST_BYTES / 16) return tensor;
  const bytes = new Uint8Array(bits / 8);
  bytes.set(tensor.bytes.subarray(0, bytes.length));
  return { dtype, shape, bytes };
}

function changedShape(random: Random, shape: readonly number[]): number[] {
  const next = [...shape];
  const at = Math.floor(random() * next.length);
  const dim = next[at] ?? 1;
  const change = Math.floor(random() * 6);
  if (change === 0) next.splice(at, 1);
  else if (change === 1) next.splice(at, 0, pick(random, [0, 1, 2]));
  else if (change === 2) next.reverse();
  else if (change === 3) return [next.reduce((product, each) => product * each, 1)];
  else next[at] = pick(random, [0, 1, dim + 1, Math.max(0, dim - 1), 2 * dim, Math.floor(dim / 2)]);
  return next;
}

/** Any member of a JSON, at any depth. */
function changedJson(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.2) return pick(random, VALUES);
  const entries = Object.entries(value);
  if (entries.length === 0) return pick(random, VALUES);
  const [key] = pick(random, entries);
  const next = random() < 0.2 ? undefined : changedJson(random, (value as Record<string, unknown>)[key]);
  const changed = entries.flatMap(([name, old]) => {
    if (name !== key) return [[name, old] as const];
    return next === undefined ? [] : [[name, next] as const];
  });
  return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

function changedTensors(random: Random, stored: ReadonlyMap<string, RawTensor>): Map<string, RawTensor> {
  const next = new Map(stored);
  const name = pick(random, [...stored.keys()]);
  const tensor = stored.get(name) as RawTensor;
  const kind = Math.floor(random() * 6);
  if (kind === 0) next.delete(name);
  else if (kind === 1) next.set(pick(random, [...stored.keys()]), tensor);
  else if (kind === 2) next.set(name, fitted(tensor, pick(random, DTYPES), tensor.shape));
  else if (kind === 3) next.set(name, fitted(tensor, tensor.dtype, changedShape(random, tensor.shape)));
  else if (kind === 4) {
    const bytes = tensor.bytes.slice();
    for (let i = 0; i < 3; i += 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    next.set(name, { ...tensor, bytes });
  } else {
    const state = [...stored.keys()].find((key) => key.includes('.quant_state.')) ?? name;
    const { dtype, bytes } = stored.get(state) as RawTensor;
    if (state === name) return next;
    const said = changedJson(random, parsed(bytes));
    const text = new TextEncoder().encode(JSON.stringify(said));
    next.set(state, { dtype, shape: [text.length], bytes: text });
  }
  return next;
}

it(
  'changed folders are refused by name, or open and can be read',
  async () => {
    const random = seededRandom(16);
    const outcomes = await fuzzed(800, () => outcomeOf(random));
    for (const expected of ['read', 'InvalidTensor', 'QuantizedWeights'])
      expect(outcomes.get(expected), expected).toBeGreaterThan(20);
  },
  FUZZ_TIMEOUT,
);

async function outcomeOf(random: Random): Promise<string> {
  const { stored, declared } = pick(random, CASES);
  let tensors: ReadonlyMap<string, RawTensor> = stored;
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes -= 1)
    tensors = changedTensors(random, tensors.size > 0 ? tensors : stored);
  const said = random() < 0.3 ? (changedJson(random, declared) as Record<string, unknown>) : declared;
  const files = await readableFolder(quantizedFolder(tensors, said));
  if (!(files instanceof DecodedFolder)) {
    await openCheckpoint(files);
    expect([...tensors.keys()].filter((name) => SCALES.test(name))).toEqual([]);
    return 'plain';
  }
  for (const tensor of files.format.tensors)
    await new TensorReader(tensor, files.origin).values({ first: 0, count: matrixOf(tensor.shape).rows });
  if (files.weights.size > MOST_BYTES) throw new RangeError(`${files.weights.size} bytes`);
  return 'read';
}
