import type { CheckpointFiles } from '../byte-source.ts';
import type { WeightFile } from '../fingerprint.ts';
import type { Notice } from '../weight-files.ts';
import type { AnyEncoded } from './codecs.ts';

/** A folder in a format of its own, its weights located. */
export interface OpenedFormat {
  /** In one line, for people: "GPTQ, 4 bits in groups of 128; vision in bfloat16". */
  readonly label: string;
  /** Every tensor, under the name that a plain checkpoint stores it under; plain ones by the codec `stored`. */
  readonly tensors: readonly AnyEncoded[];
  /** What a plain checkpoint of this model stores its matrices in, where the folder says so; bfloat16 otherwise. */
  readonly plainDtype?: 'BF16' | 'F16' | 'F32';
  /** The files that the tensors lie in, for the fingerprint: what decides it are the stored bytes, not what they decode to. */
  readonly weightFiles: readonly WeightFile[];
  /**
   * Small files as a plain folder has them, by name: those that the format holds inside, and those that speak of the format; null for
   * one that a plain folder does not have.
   */
  readonly smallFiles: ReadonlyMap<string, string | null>;
  readonly notices: readonly Notice[];
  /** The fingerprint of the base whose weights the folder's are made of, of an adapter. */
  readonly adapterOf?: string;
}

/** One way of storing a checkpoint, told by its own files. */
export interface StoredFormat {
  /** Null where the folder is not of this format. @throws NamedError where it is, and cannot be read */
  open(files: CheckpointFiles, signal?: AbortSignal): Promise<OpenedFormat | null>;
}
