/** An adapter of peft on its base, as a plain checkpoint folder. */
import type { CheckpointFiles } from '../../byte-source.ts';
import { weightsAtTop } from '../../weight-files.ts';
import { AdapterFiles } from './adapter-files.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import { openAdapter } from './open.ts';
import { ADAPTER_CONFIG } from './config.ts';

/** Whether the folder holds an adapter and no model's weights beside it. */
export function isAdapter(files: CheckpointFiles): boolean {
  return files.has(ADAPTER_CONFIG) && weightsAtTop(files).length === 0;
}

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
