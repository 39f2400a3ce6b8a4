/**
 * Floats of 4 bits, two in a byte, the low one first:
 *
 * - NVFP4 of compressed-tensors: `.weight_packed`, `.weight_scale` (F8_E4M3, one for 16 columns), which `.weight_global_scale` divides;
 * - NVFP4 of ModelOpt: `.weight` (U8), `.weight_scale` likewise, which `.weight_scale_2` multiplies;
 * - MXFP4 of compressed-tensors: `.weight_packed` and `.weight_scale`, an exponent for 32 columns;
 * - MXFP4 of gpt-oss: experts `NAME_blocks` [experts, rows, groups, 16] and `NAME_scales`; the plain NAME is [experts, columns, rows].
 */
import type { AnyEncoded } from '../codecs.ts';
import { activationScales, parentOf } from '../safetensors/activation-scales.ts';
import { expectTensor, partOf } from '../safetensors/parts.ts';
import type { Claimed, FileTensor, Quantization } from '../safetensors/quantization.ts';
import type { ScaledFloatCoding } from './codec.ts';

type Tensors = ReadonlyMap<string, FileTensor>;

/** One weight: its plain name and shape, and how it is stored. */
interface Found {
  readonly storedName: string;
  readonly shape: readonly number[];
  readonly coding: ScaledFloatCoding;
  readonly codes: FileTensor;
  readonly scale: FileTensor;
  readonly global?: FileTensor;
  readonly label: 'NVFP4' | 'MXFP4';
}

export const fp4: Quantization = {
  claim: (tensors) => Promise.resolve(claimFp4(tensors)),
};

function claimFp4(tensors: Tensors): Claimed | null {
  const found = [...tensors.values()].flatMap((codes) => {
    if (codes.dtype !== 'U8') return [];
    const one = packedWeight(codes, tensors) ?? modelOptWeight(codes, tensors) ?? experts(codes, tensors);
    return one ? [one] : [];
  });
  if (found.length === 0) return null;
  const used = found.flatMap(({ codes, scale, global }) =>
    [codes, scale, ...(global ? [global] : [])].map(({ storedName }) => storedName),
  );
  return {
    tensors: found.map(encodedOf),
    used: new Set([...used, ...activationScales(tensors, found)]),
    label: [...new Set(found.map(({ label }) => label))].join(', '),
    notices: [],
  };
}

function encodedOf({ storedName, shape, coding, codes, scale, global }: Found): AnyEncoded {
  const parts = {
    ...{ codes: partOf(codes), scale: partOf(scale) },
    ...(global ? { global: partOf(global) } : {}),
  };
  return { storedName, shape, codec: 'scaledFloat', coding, parts };
}

/** Of compressed-tensors. Six bits, which are not read, are packed denser under the same names. */
function packedWeight(codes: FileTensor, tensors: Tensors): Found | null {
  if (!codes.storedName.endsWith('.weight_packed')) return null;
  const module = parentOf(codes.storedName);
  const scale = tensors.get(`${module}.weight_scale`);
  const global = tensors.get(`${module}.weight_global_scale`);
  if (!scale || (global === undefined && scale.dtype === 'F8_E4M3')) return null;
  const storedName = `${module}.weight`;
  if (global) return nvfp4(storedName, codes, scale, global, 'divides');
  const sixBits = scale.shape.length === 2 && codes.shape[1] === 24 * (scale.shape[1] ?? 0);
  if (sixBits) return null;
  const shape = shapeOf(codes, scale, 32, ['U8', 'F8_E8M0']);
  const coding = codingOf(32, 'E8M0', null);
  return { storedName, shape, coding, codes, scale, label: 'MXFP4' };
}

function modelOptWeight(codes: FileTensor, tensors: Tensors): Found | null {
  if (!codes.storedName.endsWith('.weight')) return null;
  const scale = tensors.get(`${codes.storedName}_scale`);
  const global = tensors.get(`${codes.storedName}_scale_2`);
  return scale && global ? nvfp4(codes.storedName, codes, scale, global, 'multiplies') : null;
}

function nvfp4(
  storedName: string,
  codes: FileTensor,
  scale: FileTensor,
  global: FileTensor,
  how: 'divides' | 'multiplies',
): Found {
  expectTensor(global, ['F32'], global.bytes === 4 ? global.shape : []);
  const shape = shapeOf(codes, scale, 16, ['F8_E4M3']);
  return { storedName, shape, coding: codingOf(16, 'F8_E4M3', how), codes, scale, global, label: 'NVFP4' };
}

function experts(codes: FileTensor, tensors: Tensors): Found | null {
  const storedName = /^(.+_proj)_blocks$/.exec(codes.storedName)?.[1];
  const scale = tensors.get(`${storedName}_scales`);
  if (storedName === undefined || !scale) return null;
  const [matrices = 0, rows = 0, groups = 0] = codes.shape;
  expectTensor(codes, ['U8'], [matrices, rows, groups, 16]);
  expectTensor(scale, ['U8'], [matrices, rows, groups]);
  const shape = [matrices, 32 * groups, rows];
  const coding = { ...codingOf(32, 'E8M0', null), transposed: true };
  return { storedName, shape, coding, codes, scale, label: 'MXFP4' };
}

/** Of the values. @throws NamedError `InvalidTensor` where there is not one scale for each `group` columns */
function shapeOf(
  codes: FileTensor,
  scale: FileTensor,
  group: 16 | 32,
  dtypes: readonly FileTensor['dtype'][],
): number[] {
  const [rows = 0, bytes = 0] = codes.shape;
  expectTensor(codes, ['U8'], [rows, bytes]);
  expectTensor(scale, dtypes, [rows, Math.ceil((2 * bytes) / group)]);
  return [rows, 2 * bytes];
}

function codingOf(
  group: 16 | 32,
  scale: ScaledFloatCoding['scale'],
  global: ScaledFloatCoding['global'],
): ScaledFloatCoding {
  return { format: 'F4_E2M1', block: [1, group], scale, global, transposed: false };
}
