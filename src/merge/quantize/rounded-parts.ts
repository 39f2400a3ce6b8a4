/** Weights rounded whole, as one of the parts that stand in their place is read. */
import { toFloat32 } from '../../checkpoint/decoding.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import type { Encoder, RoundingError } from '../../checkpoint/formats/encoder.ts';
import { tensorBytes } from '../../checkpoint/writing.ts';
import { NamedError } from '../../named-error.ts';
import { throwIfCancelled } from '../../work/cancel.ts';
import { yieldToEvents } from '../../work/turns.ts';
import type { FilePiece } from '../folder/merged-file.ts';
import { plannedPiece } from '../folder/merged-file.ts';
import type { DonorFolders } from '../folder/tensor-values.ts';
import type { RoundedTensor } from './quantization-plan.ts';

/** Elements rounded between two looks at what is waiting: some 20 ms. */
const BLOCK_ELEMENTS = 2 ** 19;
/** Tensors whose parts are held: of two neighbours, one may still be read where the next is begun. */
const HELD = 2;

export interface Rounded {
  /** Of each part. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  readonly error: Readonly<RoundingError>;
}

/** @throws NamedError `NonFiniteWeight`, `Cancelled`; those of reading and computing */
export async function roundTensor(
  { tensor, matrix, parts: layouts }: RoundedTensor,
  encoder: Encoder,
  folders: DonorFolders,
  signal?: AbortSignal,
): Promise<Rounded> {
  const { rows, columns } = matrix;
  const parts = layouts.map((layout) => new Uint8Array(tensorBytes(layout)));
  const error = { squared: 0, energy: 0, largest: 0 };
  const piece = plannedPiece(tensor, folders);
  const rowBytes = columns * DTYPE_BYTES[tensor.dtype];
  const most = Math.max(1, Math.floor(BLOCK_ELEMENTS / columns));
  for (let first = 0; first < rows; first += most) {
    const count = Math.min(most, rows - first);
    const bytes = await piece.read(first * rowBytes, (first + count) * rowBytes);
    await yieldToEvents();
    throwIfCancelled(signal);
    encoder.encode(toFloat32(bytes, tensor.dtype), { first, count }, matrix, parts, error);
  }
  if (!Number.isFinite(error.squared)) {
    throw new NamedError(
      'NonFiniteWeight',
      'a value of it is not finite, or beyond what a scale of the format reaches',
      { tensor: tensor.name },
      'leave this checkpoint as it is: its training diverged, or a file is damaged',
    );
  }
  return { parts, error };
}

export class RoundedParts {
  readonly #encoder: Encoder;
  readonly #folders: DonorFolders;
  readonly #held = new Map<RoundedTensor, Promise<Rounded>>();

  constructor(encoder: Encoder, folders: DonorFolders) {
    this.#encoder = encoder;
    this.#folders = folders;
  }

  /** The bytes of the part with that place among the tensor's. */
  piece(tensor: RoundedTensor, index: number): FilePiece {
    const layout = tensor.parts[index];
    if (!layout) throw new RangeError(`${tensor.tensor.name} has no part ${index}`);
    const read = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
      const { parts } = await this.#rounded(tensor);
      return (parts[index] as Uint8Array<ArrayBuffer>).subarray(start, end);
    };
    return { bytes: tensorBytes(layout), read };
  }

  #rounded(tensor: RoundedTensor): Promise<Rounded> {
    const rounded = this.#held.get(tensor) ?? roundTensor(tensor, this.#encoder, this.#folders);
    rounded.catch(() => this.#held.delete(tensor));
    this.#held.delete(tensor);
    this.#held.set(tensor, rounded);
    const [oldest] = this.#held.keys();
    if (this.#held.size > HELD && oldest) this.#held.delete(oldest);
    return rounded;
  }
}
