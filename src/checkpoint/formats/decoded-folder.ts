/** A folder of any stored format as a plain checkpoint folder: everything above sees only this. */
import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import type { Checkpoint, TensorEntry } from '../checkpoint.ts';
import { DecodedFile } from './decoded-file.ts';
import type { PartRange } from './codec.ts';
import { codecOf } from './codecs.ts';
import { matrixOf, storedBytes, type StoredPart } from './encoded.ts';
import type { OpenedFormat } from './stored-format.ts';

/** What the weights are found in. */
const WEIGHTS = 'model.safetensors';

/**
 * The small files of the folder it was opened from, and one safetensors file whose values are decoded as they are read. Plain
 * data makes it: it can be built again in another thread.
 */
export class DecodedFolder extends Map<string, ByteSource> implements CheckpointFiles {
  readonly format: OpenedFormat;
  /** The folder as it lies on the disk. */
  readonly origin: CheckpointFiles;
  readonly weights: DecodedFile;

  constructor(format: OpenedFormat, origin: CheckpointFiles) {
    super(origin);
    for (const name of origin.keys()) if (isWeights(name)) this.delete(name);
    for (const { file } of format.weightFiles) this.delete(file);
    for (const [name, text] of format.smallFiles) {
      if (text === null) this.delete(name);
      else this.set(name, new File([text], name));
    }
    this.format = format;
    this.origin = origin;
    this.weights = new DecodedFile(WEIGHTS, format.tensors, origin);
    this.set(WEIGHTS, this.weights);
  }
}

/** An index would send readers to files that are not in the folder any more; other weights would be taken for a second copy. */
function isWeights(name: string): boolean {
  return /\.(safetensors|gguf|onnx|onnx[._]data(_\d+)?)$|\.safetensors\.index\.json$/.test(name);
}

/** What a tensor takes on the disk, and how it is stored: a dtype, or the name of a codec. */
export function storedAs(
  files: CheckpointFiles,
  entry: TensorEntry,
): Pick<TensorEntry, 'bytes'> & { dtype: string } {
  const tensor = files instanceof DecodedFolder ? files.weights.tensorAt(entry.start)?.tensor : undefined;
  if (!tensor || tensor.codec === 'stored') return { bytes: entry.bytes, dtype: entry.dtype };
  return { bytes: storedBytes(tensor), dtype: tensor.codec };
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

/** The folder on the disk: of a decoded one the one it was opened from. */
export function storedFiles(files: CheckpointFiles): CheckpointFiles {
  return files instanceof DecodedFolder ? files.origin : files;
}
