import type { CheckpointFiles } from '../byte-source.ts';
import { DecodedFolder } from './decoded-folder.ts';
import { ggufFolder } from './gguf/open.ts';
import { onnx } from './onnx/open.ts';
import { quantizedSafetensors } from './safetensors/open.ts';
import type { StoredFormat } from './stored-format.ts';

/** Asked in this order; the first that knows the folder reads it. */
const FORMATS: readonly StoredFormat[] = [quantizedSafetensors, ggufFolder, onnx];

/**
 * The folder as a plain checkpoint folder, whatever its weights are stored in; itself where it is one, or where no format knows it.
 *
 * @throws NamedError of the format that knows it and cannot read it; `Cancelled`
 */
export async function readableFolder(files: CheckpointFiles, signal?: AbortSignal): Promise<CheckpointFiles> {
  if (files instanceof DecodedFolder) return files;
  for (const format of FORMATS) {
    const opened = await format.open(files, signal);
    if (opened) return new DecodedFolder(opened, files);
  }
  return files;
}
