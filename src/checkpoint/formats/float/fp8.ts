/**
 * FP8 as compressed-tensors, fbgemm, ModelOpt, DeepSeek and Qwen write it: `.weight` in F8_E4M3 (or F8_E5M2) at full shape, and
 * `.weight_scale` or `.weight_scale_inv` (which multiplies all the same) of the tensor, of each row, group or block.
 */
import type { DeclaredQuantization } from '../../quantization.ts';
import type { AnyEncoded } from '../codecs.ts';
import { matrixOf } from '../encoded.ts';
import { activationScales, parentOf } from '../safetensors/activation-scales.ts';
import { partOf, wrongTensor } from '../safetensors/parts.ts';
import type { Claimed, FileTensor, Quantization } from '../safetensors/quantization.ts';
import type { ScaleDtype } from './codec.ts';
import { type Block, declaredBlocks, type Grid, gridOf } from './grid.ts';

/** What scales are stored in; U8 and F8_E8M0 hold exponents. */
const SCALES: Readonly<Partial<Record<FileTensor['dtype'], ScaleDtype>>> = {
  ...{ F32: 'F32', F16: 'F16', BF16: 'BF16' },
  ...{ U8: 'E8M0', F8_E8M0: 'E8M0' },
};

export const fp8: Quantization = {
  claim: (tensors, declared) => Promise.resolve(claimFp8(tensors, declared)),
};

function claimFp8(
  tensors: ReadonlyMap<string, FileTensor>,
  declared: DeclaredQuantization | null,
): Claimed | null {
  const blocks = declaredBlocks(declared);
  const found: AnyEncoded[] = [];
  const used = new Set<string>();
  const words = new Set<string>();
  for (const weight of tensors.values()) {
    const { storedName, dtype } = weight;
    if ((dtype !== 'F8_E4M3' && dtype !== 'F8_E5M2') || !storedName.endsWith('.weight')) continue;
    const module = parentOf(storedName);
    const scale = tensors.get(`${module}.weight_scale_inv`) ?? tensors.get(`${module}.weight_scale`);
    if (!scale) continue;
    const { block, label } = gridOfWeight(weight, scale, blocks);
    found.push({
      ...{ storedName, shape: weight.shape, codec: 'scaledFloat' },
      coding: {
        ...{ format: dtype, block, scale: scaleDtype(scale), global: null, transposed: false },
      },
      parts: { codes: partOf(weight), scale: partOf(scale) },
    });
    used.add(storedName).add(scale.storedName);
    words.add(`${dtype === 'F8_E4M3' ? 'E4M3' : 'E5M2'}, ${label}`);
  }
  if (found.length === 0) return null;
  for (const name of activationScales(tensors, found)) used.add(name);
  return { tensors: found, used, label: `FP8 (${[...words].sort().join('; ')})`, notices: [] };
}

/** @throws NamedError `InvalidTensor` */
function gridOfWeight(weight: FileTensor, scale: FileTensor, declared: readonly Block[]): Grid {
  const { rows, columns } = matrixOf(weight.shape);
  const grid = gridOf([rows, columns], scale.shape, declared);
  if (grid) return grid;
  const sizes = declared.map((size) => size.join(' × ')).join(', ') || 'none';
  throw wrongTensor(
    scale,
    `${weight.storedName} is [${weight.shape.join(', ')}], and no size of block leads to these scales (declared: ${sizes})`,
  );
}

/** @throws NamedError `InvalidTensor` */
function scaleDtype(scale: FileTensor): ScaleDtype {
  const dtype = SCALES[scale.dtype];
  if (dtype) return dtype;
  throw wrongTensor(scale, `scales are in one of ${Object.keys(SCALES).join(', ')}`);
}
