/** Matrices that go to the device as they are stored: their codes are moved into blocks of `MatMulNBits`, never through floats. */
import type { Checkpoint, TensorEntry } from '../../checkpoint/checkpoint.ts';
import type { Packing } from '../../checkpoint/formats/codec.ts';
import { codecOf, type AnyEncoded } from '../../checkpoint/formats/codecs.ts';
import { DecodedFolder } from '../../checkpoint/formats/decoded-folder.ts';
import { blocksOf, matrixSlots, WIDE_BLOCK, type LinearFormat } from '../../graph/weights.ts';
import { tensorPlace } from '../../checkpoint/tensor-place.ts';
import type { StoredBlocks } from '../protocol/checkpoint.ts';
import type { StoredMatrices } from '../protocol/loading.ts';
import type { PlannedWeight } from './plan.ts';
import type { WeightDtype } from '../protocol/device.ts';

/** What an entry of a checkpoint is decoded from; undefined where it is read as it lies in its file. */
export function encodedTensor(
  { files }: Pick<Checkpoint, 'files'>,
  { start }: Pick<TensorEntry, 'start'>,
): AnyEncoded | undefined {
  return files instanceof DecodedFolder ? files.weights.tensorAt(start)?.tensor : undefined;
}

/** How a stored tensor maps onto blocks; null where it has to be converted. */
function packingOf(checkpoint: Pick<Checkpoint, 'files'>, entry: TensorEntry): Packing | null {
  const tensor = encodedTensor(checkpoint, entry);
  return tensor ? codecOf(tensor).packing() : null;
}

/** Whether a matrix in `format` on the device is the stored one, code for code. */
export function isAsStored(
  checkpoint: Pick<Checkpoint, 'files'>,
  entry: TensorEntry,
  format: LinearFormat,
): boolean {
  const blocks = blocksOf(format);
  const packing = blocks && packingOf(checkpoint, entry);
  if (!packing) return false;
  return packing.bits === blocks.bits && (blocks.zeroPoints || !packing.zeroPoints);
}

/**
 * The form of a checkpoint's linear layers on the device: with zero points where matrices of the language model that are stored in as
 * many bits have them.
 */
export function linearFormat(checkpoint: Checkpoint, dtype: WeightDtype): LinearFormat {
  const blocks = blocksOf(dtype);
  if (!blocks) return dtype;
  const stored = [...checkpoint.tensors.values()].filter(({ name }) => !isVision(name));
  const zeroPoints = stored.some((entry) => {
    const packing = packingOf(checkpoint, entry);
    return packing?.bits === blocks.bits && packing.zeroPoints;
  });
  return zeroPoints ? (`${dtype}-zeros` as LinearFormat) : dtype;
}

/**
 * The plan with blocks of 128 for stored codes that have a scale in as many columns: a quarter of the scales. For graphs that carry their
 * weights; those that are given them are made once for all layers, and onnxruntime's fastest kernel of the GPU takes blocks of 32.
 */
export function inWideBlocks(
  checkpoint: Checkpoint,
  plan: readonly PlannedWeight[],
): readonly PlannedWeight[] {
  return plan.map((weight) => {
    const entry = checkpoint.tensors.get(weight.tensor);
    if (!entry || !isAsStored(checkpoint, entry, weight.format)) return weight;
    if (!packingOf(checkpoint, entry)?.wide) return weight;
    const [{ name = '' } = {}] = weight.slots;
    const slots = matrixSlots(name, weight.rows, weight.columns, weight.format, WIDE_BLOCK);
    return { ...weight, block: WIDE_BLOCK, slots };
  });
}

/** How many quantized tensors lie in blocks of 4 and of 8 bits that the device takes as they are, and how many do not. */
export function storedBlocks({ files }: Pick<Checkpoint, 'files'>): StoredBlocks | null {
  if (!(files instanceof DecodedFolder)) return null;
  const counts = { q4: 0, q8: 0, other: 0 };
  for (const tensor of files.format.tensors) {
    const codec = codecOf(tensor);
    if (!codec.quantized()) continue;
    const bits = codec.packing()?.bits;
    counts[bits === 4 ? 'q4' : bits === 8 ? 'q8' : 'other'] += 1;
  }
  return counts;
}

/** Of the quantized matrices of a plan, how many go to the device as they are stored, and how many do not. */
export function storedMatrices(checkpoint: Checkpoint, plan: readonly PlannedWeight[]): StoredMatrices {
  const quantized = plan.filter(({ tensor }) => {
    const entry = checkpoint.tensors.get(tensor);
    const encoded = entry && encodedTensor(checkpoint, entry);
    return encoded !== undefined && codecOf(encoded).quantized();
  });
  const asStored = quantized.filter(({ tensor, format }) =>
    isAsStored(checkpoint, checkpoint.tensors.get(tensor) as TensorEntry, format),
  );
  return { asStored: asStored.length, decoded: quantized.length - asStored.length };
}

function isVision(name: string): boolean {
  const { part } = tensorPlace(name);
  return part === 'visionBlock' || part === 'projector' || part === 'vision';
}
