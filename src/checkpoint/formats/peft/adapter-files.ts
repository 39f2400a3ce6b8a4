import type { ByteSource, CheckpointFiles } from '../../byte-source.ts';
import { DecodedFolder } from '../decoded-folder.ts';

/** Where the decoded weights of a base are found that is stored in a format of its own. */
export const DECODED_BASE = 'decoded/model.safetensors';

/**
 * What the parts of adapted weights lie in: the files of both folders, in which those of the adapter win. What a base leaves as it is
 * stored keeps its parts on the disk; what is adapted takes decoded values.
 */
export class AdapterFiles extends Map<string, ByteSource> implements CheckpointFiles {
  readonly base: CheckpointFiles;
  readonly adapter: CheckpointFiles;

  constructor(base: CheckpointFiles, adapter: CheckpointFiles) {
    super(base instanceof DecodedFolder ? base.origin : base);
    if (base instanceof DecodedFolder) this.set(DECODED_BASE, base.weights);
    for (const [name, source] of adapter) if (name.startsWith('adapter_')) this.set(name, source);
    this.base = base;
    this.adapter = adapter;
  }
}
