/** What says that it is quantized in a way that is not read, or does not hold together, is refused by name. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../checkpoint.ts';
import { failureOf } from '../../testing/files.ts';
import { readableFolder } from '../open.ts';
import { TensorReader } from '../tensor-reader.ts';
import { folderOf, integerCases, type HeldTensor, type ReadFixture } from '../testing/integer-cases.ts';

const DATA = new URL('../../../../tools/quantized/data/integers/', import.meta.url);
const read: ReadFixture = (file) => new Uint8Array(readFileSync(new URL(file, DATA)));
const cases = (
  await Promise.all(['packed', 'compressed-tensors'].map((file) => integerCases(read, file)))
).flat();

type Change = (tensors: Map<string, HeldTensor>) => void;
const replace =
  (name: string, change: (tensor: HeldTensor) => Partial<HeldTensor>): Change =>
  (tensors) => {
    const tensor = tensors.get(name);
    if (tensor) tensors.set(name, { ...tensor, ...change(tensor) });
  };
const without =
  (name: string): Change =>
  (tensors) =>
    void tensors.delete(name);
const int32 = (...values: number[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Int32Array.from(values).buffer);

async function refusalOf(name: string, said: object, change: Change = () => undefined) {
  const item = cases.find((other) => other.name === name);
  if (!item) throw new RangeError(`no case ${name}`);
  const tensors = new Map(item.tensors.map((tensor) => [tensor.name, tensor]));
  change(tensors);
  const files = folderOf({ ...item.said, ...said }, [...tensors.values()]);
  return failureOf(readableFolder(files).then((folder) => openCheckpoint(folder)));
}

const GPTQ = 'gptq, 4 bits, v1';
const AWQ = 'awq, zeros';
const PACKED = 'pack-quantized, 4 bits, group, zero points, bfloat16';

describe('quantized weights that are not read', () => {
  it.each<[string, string, object, string]>([
    ['marlin', GPTQ, { checkpoint_format: 'marlin' }, '"marlin"'],
    ['marlin, of AutoGPTQ', GPTQ, { is_marlin_format: true }, 'not read'],
    ['gemv', AWQ, { version: 'gemv' }, '"gemv"'],
    ['gemv_fast', AWQ, { version: 'GEMV_FAST' }, '"gemv_fast"'],
    [
      'another packing of AutoRound',
      'auto_round',
      { packing_format: 'auto_round:llm_compressor' },
      'llm_compressor',
    ],
    ['another type of AutoRound', 'auto_round', { data_type: 'mx_fp' }, 'not read'],
    ['zeros of 3 bits less 1', 'gptq, 3 bits, v2', { checkpoint_format: 'gptq' }, 'programs disagree'],
    ['marlin-24', PACKED, { format: 'marlin-24' }, '"marlin-24"'],
    ['no declaration of how', GPTQ, { quant_method: 'hqq' }, 'hold codes and scales'],
  ])('are refused by name: %s', async (_, name, said, words) => {
    const refusal = await refusalOf(name, said);
    expect(refusal.name).toBe('QuantizedWeights');
    expect(refusal.what).toContain(words);
    expect(refusal.place.file).toBe('config.json');
    expect(refusal.remedy).toContain('open the checkpoint that it was quantized from');
  });

  it.each<[string, string, Change, string, string]>([
    ['no scales', GPTQ, without('scales'), 'qweight', 'no model.layers.0.mlp.down_proj.scales'],
    [
      'words too few',
      GPTQ,
      replace('qweight', () => ({ shape: [7, 8], bytes: new Uint8Array(224) })),
      'qweight',
      '[8, 8]',
    ],
    ['codes of another dtype', AWQ, replace('qweight', () => ({ dtype: 'F32' })), 'qweight', 'I32'],
    ['scales of another dtype', AWQ, replace('scales', () => ({ dtype: 'I16' })), 'scales', 'F16'],
    [
      'a group without a scale',
      GPTQ,
      replace('g_idx', () => ({ bytes: int32(...Array<number>(63).fill(0), 2) })),
      'g_idx',
      'group 2',
    ],
    [
      'all of one group',
      GPTQ,
      replace('g_idx', () => ({ bytes: int32(...Array<number>(64).fill(0)) })),
      'g_idx',
      'all columns',
    ],
    ['no shape', PACKED, without('weight_shape'), 'weight_packed', 'weight_shape'],
    [
      'another shape',
      PACKED,
      replace('weight_shape', () => ({ bytes: new Uint8Array(BigInt64Array.of(9n, 2n ** 60n).buffer) })),
      'weight_packed',
      'weight_shape says',
    ],
    ['no zero points', PACKED, without('weight_zero_point'), 'weight_packed', 'weight_zero_point'],
  ])('are refused where the tensors do not fit: %s', async (_, name, change, tensor, words) => {
    const refusal = await refusalOf(name, {}, change);
    expect(refusal.name).toBe('InvalidTensor');
    expect(refusal.place).toEqual({
      file: 'model.safetensors',
      tensor: `model.layers.0.mlp.down_proj.${tensor}`,
    });
    expect(refusal.what).toContain(words);
  });

  it('are refused where no version tells two layouts apart', async () => {
    const item = cases.find(({ name }) => name === 'pack-quantized, 5 bits, channel, symmetric, bfloat16');
    if (!item) throw new RangeError('no such case');
    // 6 codes of 5 bits take one word in either layout, and 25 take four or five.
    const codes = (columns: number): HeldTensor[] =>
      item.tensors.map((tensor) => {
        if (tensor.name === 'weight_packed') return { ...tensor, shape: [9, 2], bytes: new Uint8Array(72) };
        if (tensor.name !== 'weight_shape') return tensor;
        return { ...tensor, bytes: new Uint8Array(BigInt64Array.of(9n, BigInt(columns)).buffer) };
      });
    const open = (said: object) =>
      readableFolder(folderOf({ ...item.said, ...said }, codes(9))).then((folder) => openCheckpoint(folder));
    expect((await failureOf(open({ version: undefined }))).what).toContain('names no version');
    expect(
      (await open({ version: '0.17.1' })).tensors.get('model.layers.0.mlp.down_proj.weight')?.shape,
    ).toEqual([9, 9]);
  });

  it('say where codes that are called symmetric are not, rather than be packed without their zeros', async () => {
    const item = cases.find(({ name }) => name === GPTQ);
    if (!item) throw new RangeError('no such case');
    const { DecodedFolder } = await import('../decoded-folder.ts');
    const files = await readableFolder(folderOf({ ...item.said, sym: true }, item.tensors));
    if (!(files instanceof DecodedFolder)) throw new RangeError('it opened as plain');
    const [tensor] = files.format.tensors;
    if (!tensor) throw new RangeError('no tensor');
    const packing = new TensorReader(tensor, files.origin).packed({ first: 0, count: 8 });
    expect(await failureOf(packing)).toMatchObject({
      name: 'InvalidTensor',
      place: { tensor: expect.stringContaining('qzeros') as string },
    });
  });
});
