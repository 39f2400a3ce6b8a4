/**
 * FP8 as compressed-tensors, fbgemm, ModelOpt, DeepSeek and Qwen write it: `.weight` in F8_E4M3 (or F8_E5M2) at full shape, and
 * `.weight_scale` or `.weight_scale_inv` (which multiplies all the same) of the tensor, of each row, group or block.
 */
import type { DeclaredQuantization } from '../../quantization.ts';
import type { AnyEncoded } from '../codecs.ts';
import { matrixOf } from '../encoded.ts';
import { activationScales, parentOf, partOf, shapeText, unfit } from '../safetensors/parts.ts';
import type { Claimed, FileTensor, Quantization } from '../safetensors/quantization.ts';
import type { ScaleDtype } from './codec.ts';
import { type Block, blockOf, declaredBlocks, describeBlock } from './grid.ts';

/** What scales are stored in; U8 and F8_E8M0 hold exponents. */
export const SCALES: Readonly<Partial<Record<FileTensor['dtype'], ScaleDtype>>> = {
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
    const block = blockOfWeight(weight, scale, blocks);
    found.push({
      ...{ storedName, shape: weight.shape, codec: 'scaledFloat' },
      coding: {
        ...{ format: dtype, block, scale: scaleDtype(scale), global: null, transposed: false },
      },
      parts: { codes: partOf(weight), scale: partOf(scale) },
    });
    used.add(storedName).add(scale.storedName);
    words.add(`${dtype === 'F8_E4M3' ? 'E4M3' : 'E5M2'}, ${describeBlock(block, sizeOf(weight))}`);
  }
  if (found.length === 0) return null;
  for (const name of activationScales(tensors, found)) used.add(name);
  return { tensors: found, used, label: `FP8 (${[...words].join('; ')})`, notices: [] };
}

function sizeOf({ shape }: FileTensor): Block {
  const { rows, columns } = matrixOf(shape);
  return [rows, columns];
}

/** @throws NamedError `InvalidTensor` */
function blockOfWeight(weight: FileTensor, scale: FileTensor, declared: readonly Block[]): Block {
  const block = blockOf(sizeOf(weight), scale.shape, declared);
  if (block) return block;
  const sizes = declared.map((size) => size.join(' × ')).join(', ') || 'no size of block';
  throw unfit(
    scale,
    `scales ${shapeText(scale)} do not say which values of ${weight.storedName}, ${shapeText(weight)}, they belong to; declared: ${sizes}`,
  );
}

/** @throws NamedError `InvalidTensor` */
export function scaleDtype(scale: FileTensor): ScaleDtype {
  const dtype = SCALES[scale.dtype];
  if (dtype) return dtype;
  throw unfit(scale, `scales in ${scale.dtype} are not one of ${Object.keys(SCALES).join(', ')}`);
}
