/** An adapter of peft on its base, as a plain checkpoint folder. */
import type { CheckpointFiles } from '../../byte-source.ts';
import { AdapterFiles } from './adapter-files.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import { openAdapter } from './open.ts';

/**
 * The base's small files, and its weights as the adapter makes them: adapted ones in float32, computed as they are read, all others
 * as they are.
 *
 * @param base a plain folder; what it is decoded or merged from is read when the adapted weights are
 * @param options `baseName`: what to call the base
 * @throws NamedError `InvalidAdapter`, `UnsupportedAdapter`, `AdapterMismatch`, `ShapeMismatch`; those of `openCheckpoint` and `readHeader`
 */
export async function adapterFolder(
  base: CheckpointFiles,
  adapter: CheckpointFiles,
  options: { readonly baseName: string; readonly signal?: AbortSignal | undefined },
): Promise<DecodedFolder> {
  const origin = new AdapterFiles(base, adapter);
  return new DecodedFolder(await openAdapter(origin, options), origin);
}
