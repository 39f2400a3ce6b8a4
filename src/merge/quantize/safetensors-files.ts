/** A quantized merge in safetensors: in the place of a weight stand its parts, next to each other. */
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import { asGiven, tensorBytes } from '../../checkpoint/writing.ts';
import { type FilePiece, MergedFile, plannedPiece } from '../folder/merged-file.ts';
import { planShards, type Shardable, shardIndex } from '../folder/shards.ts';
import type { DonorFolders } from '../folder/tensor-values.ts';
import { isRounded, type QuantizationPlan } from './quantization-plan.ts';
import type { RoundedParts } from './rounded-parts.ts';

interface WrittenTensor extends Shardable {
  readonly piece: FilePiece;
}

export function safetensorsFiles(
  quantization: QuantizationPlan,
  parts: RoundedParts,
  folders: DonorFolders,
  shardBytes: number,
): { readonly weights: ReadonlyMap<string, ByteSource>; readonly index: ReturnType<typeof shardIndex> } {
  const tensors = quantization.tensors.flatMap((one): readonly WrittenTensor[] => {
    if (!isRounded(one)) return [{ ...one, piece: plannedPiece(one, folders) }];
    const module = one.tensor.storedName.replace(/weight$/, '');
    return one.parts.map(({ name, dtype, shape }, index) => ({
      storedName: module + name,
      dtype,
      shape,
      bytes: tensorBytes({ dtype, shape }),
      piece: parts.piece(one, index),
    }));
  });
  const shards = planShards(tensors, shardBytes, asGiven);
  const weights = shards.map(({ file, plan: { head, order } }): [string, ByteSource] => {
    const pieces = order.map(({ tensor }) => tensor.piece);
    return [file, new MergedFile(file, head, pieces)];
  });
  return { weights: new Map(weights), index: shardIndex(shards) };
}
