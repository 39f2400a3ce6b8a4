import type { ByteSource, CheckpointFiles } from '../../byte-source.ts';

/** What the parts of adapted weights lie in: the files of both folders, in which those of the adapter win. */
export class AdapterFiles extends Map<string, ByteSource> implements CheckpointFiles {
  readonly base: CheckpointFiles;
  readonly adapter: CheckpointFiles;

  constructor(base: CheckpointFiles, adapter: CheckpointFiles) {
    super(base);
    for (const [name, source] of adapter) if (name.startsWith('adapter_')) this.set(name, source);
    this.base = base;
    this.adapter = adapter;
  }
}
