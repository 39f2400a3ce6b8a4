/** How the tensors of an opened checkpoint lie on the disk, where they are decoded as they are read. */
import type { CheckpointFiles } from '../byte-source.ts';
import type { Checkpoint, TensorEntry } from '../checkpoint.ts';
import type { PartRange } from './codec.ts';
import { codecOf, type AnyEncoded } from './codecs.ts';
import { DecodedFolder } from './decoded-folder.ts';
import { matrixOf, storedBytes, type StoredPart } from './encoded.ts';

/** What a tensor takes on the disk, and how it is stored: "BF16", "4 bits", "Q4_K", "F8_E4M3". */
export function storedAs(
  files: CheckpointFiles,
  entry: TensorEntry,
): Pick<TensorEntry, 'bytes'> & { dtype: string } {
  const tensor = files instanceof DecodedFolder ? files.weights.tensorAt(entry.start)?.tensor : undefined;
  if (!tensor || tensor.codec === 'stored') return { bytes: entry.bytes, dtype: entry.dtype };
  return { bytes: storedBytes(tensor), dtype: wordOf(tensor) };
}

function wordOf(tensor: AnyEncoded): string {
  switch (tensor.codec) {
    case 'stored':
    case 'transposed':
      return tensor.coding.dtype;
    case 'integers':
      return `${tensor.coding.codes.bits} bits`;
    case 'affine':
      return `${tensor.coding.bits} bits`;
    case 'fourBits':
      return 'NF4 or FP4';
    case 'rowInt8':
      return 'LLM.int8';
    case 'scaledFloat':
      return tensor.coding.format;
    case 'gguf':
      return [...new Set(tensor.coding.pieces.map(({ type }) => type))].join(' + ');
    case 'lora':
    case 'added':
    case 'tokenRows':
      return 'adapted';
  }
}

/** Whether any run of rows needs all bytes of the tensor: its layout runs the other way. */
export function readsWhole(files: CheckpointFiles, entry: TensorEntry): boolean {
  const tensor = files instanceof DecodedFolder ? files.weights.tensorAt(entry.start)?.tensor : undefined;
  if (!tensor) return false;
  const parts: Readonly<Record<string, StoredPart>> = tensor.parts;
  const [[key, { start, end }]] = Object.entries(codecOf(tensor).ranges({ first: 0, count: 1 })).sort(
    ([a], [b]) => sizeOf(parts[b]) - sizeOf(parts[a]),
  ) as [[string, PartRange]];
  return matrixOf(tensor.shape).rows > 1 && end - start === sizeOf(parts[key]);
}

function sizeOf(part: StoredPart | undefined): number {
  return part ? part.end - part.start : 0;
}

/** Files on the disk that the weights are read from. */
export function storedWeightFiles({
  files,
  weightFiles,
}: Pick<Checkpoint, 'files' | 'weightFiles'>): readonly string[] {
  return files instanceof DecodedFolder ? files.format.weightFiles.map(({ file }) => file) : weightFiles;
}
