import type { DeclaredQuantization } from '../../quantization.ts';
import type { StoredTensor, UnreadTensor } from '../../header.ts';
import type { Notice } from '../../weight-files.ts';
import type { AnyEncoded } from '../codecs.ts';

/** Any tensor of safetensors files. */
export type FileTensor = StoredTensor | UnreadTensor;

/** All bytes of a tensor. @throws NamedError those of `readRange` */
export type ReadTensor = (tensor: FileTensor) => Promise<Uint8Array<ArrayBuffer>>;

/** What one way of quantizing made of some tensors. */
export interface Claimed {
  readonly tensors: readonly AnyEncoded[];
  /** Stored names of everything that those are made of; what nobody uses is read as plain. */
  readonly used: ReadonlySet<string>;
  /** "GPTQ, 4 bits in groups of 128". */
  readonly label: string;
  readonly notices: readonly Notice[];
}

/** One way of quantizing a checkpoint that stays safetensors: told by the names and dtypes of its tensors. */
export interface Quantization {
  /**
   * The weights that are stored this way; null where none is.
   *
   * @param tensors by stored name; what another way has claimed is gone
   * @param declared what the folder says of itself, which can be wrong or missing
   * @param read small tensors that decide how others are read: shapes, the groups of columns
   * @throws NamedError `QuantizedWeights` for settings that are not read, `InvalidTensor` for codes, scales and shapes that do not fit each
   * other
   */
  claim(
    tensors: ReadonlyMap<string, FileTensor>,
    declared: DeclaredQuantization | null,
    read: ReadTensor,
  ): Promise<Claimed | null>;
}
