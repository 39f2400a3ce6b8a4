/** A folder of any stored format as a plain checkpoint folder: everything above sees only this. */
import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import { DecodedFile } from './decoded-file.ts';
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

/** The folder on the disk: of a decoded one the one it was opened from. */
export function storedFiles(files: CheckpointFiles): CheckpointFiles {
  return files instanceof DecodedFolder ? files.origin : files;
}
