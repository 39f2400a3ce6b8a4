/** Stored bytes of several checkpoints, decoded side by side in the memory of the kernels. */
import { readRange } from '../../checkpoint/byte-source.ts';
import { toFloat32 } from '../../checkpoint/decoding.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import { hashPart } from '../../checkpoint/whole-hash/part.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Rounding } from './delta-spec.ts';
import type { OnRead, StoredPiece } from './stored-piece.ts';

/** Elements decoded and summed at a time: the float32 blocks of a handful of checkpoints stay in the cache. */
export const BLOCK_ELEMENTS = 4096;
/** Kernels step by up to 8 elements and may pass the end. */
const MARGIN_BYTES = 64;

interface Lane {
  staged: number;
  capacity: number;
  dtype: Dtype;
  readonly decoded: number;
}

export interface ReadPieces {
  readonly bytes: readonly Uint8Array<ArrayBuffer>[];
  /** Settles when `onRead` was told of every piece: they are digested while others are computed with. */
  readonly reported: Promise<unknown>;
}

/**
 * @param onRead told of each piece, by its index
 * @throws NamedError those of `readRange`
 */
export async function readPieces(pieces: readonly StoredPiece[], onRead?: OnRead): Promise<ReadPieces> {
  const bytes = await Promise.all(
    pieces.map(({ source, start, end, file, tensor }) => readRange(source, start, end, { file, tensor })),
  );
  if (!onRead) return { bytes, reported: Promise.resolve() };
  const digested = pieces.map(async ({ start, tensorStart, tensorBytes }, index) => {
    const place = { start: start - tensorStart, tensorBytes };
    onRead(index, await hashPart(bytes[index] as Uint8Array<ArrayBuffer>, place));
  });
  return { bytes, reported: Promise.all(digested) };
}

export class BlockDecoder {
  readonly #kernels: Kernels;
  readonly #lanes: Lane[] = [];

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
  }

  /** Takes what `readPieces` read, one piece a lane. */
  load(read: readonly Uint8Array<ArrayBuffer>[], pieces: readonly StoredPiece[]): void {
    read.forEach((bytes, lane) => this.#stage(lane, bytes, (pieces[lane] as StoredPiece).dtype));
  }

  #stage(lane: number, bytes: Uint8Array<ArrayBuffer>, dtype: Dtype): void {
    const native = dtype === 'BF16' || dtype === 'F16' || dtype === 'F32';
    const floats = native ? null : toFloat32(bytes, dtype);
    const data = floats ? new Uint8Array(floats.buffer) : bytes;
    const blockBytes = BLOCK_ELEMENTS * 4 + MARGIN_BYTES;
    const slot = (this.#lanes[lane] ??= {
      ...{ staged: 0, capacity: 0, dtype },
      decoded: this.#kernels.reserve(blockBytes),
    });
    if (slot.capacity < data.length) {
      slot.staged = this.#kernels.reserve(data.length + MARGIN_BYTES);
      slot.capacity = data.length;
    }
    slot.dtype = native ? dtype : 'F32';
    this.#kernels.bytes(slot.staged, data.length).set(data);
  }

  /**
   * Decodes elements `[start, start + count)`, count ≤ `BLOCK_ELEMENTS`, of a lane's piece to float32; with reference
   * rounding, to the nearest float16. The rest of the last eight is zero.
   *
   * @returns the address
   */
  decode(lane: number, start: number, count: number, rounding: Rounding): number {
    const { staged, dtype, decoded } = this.#lanes[lane] as Lane;
    const { run } = this.#kernels;
    if (dtype === 'BF16') run.decodeBfloat16(staged + start * 2, decoded, count);
    else if (dtype === 'F16') run.decodeHalf(staged + start * 2, decoded, count);
    else this.#kernels.bytes(decoded, count * 4).set(this.#kernels.bytes(staged + start * 4, count * 4));
    const padded = paddedCount(count);
    if (padded > count) this.#kernels.floats(decoded + count * 4, padded - count).fill(0);
    if (rounding === 'reference') run.roundToHalf(decoded, padded);
    return decoded;
  }
}

/** Counts the kernels accept. */
export const paddedCount = (count: number): number => Math.ceil(count / 8) * 8;
