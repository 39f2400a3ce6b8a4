/** A whole update in float32, read and subtracted piece by piece. */
import { Kernels } from '../kernels/kernels.ts';
import { BLOCK_ELEMENTS, BlockDecoder, paddedCount, readPieces } from './decoder.ts';
import type { Rounding } from './delta-spec.ts';
import type { OnRead, StoredPiece } from './stored-piece.ts';
import { elementsOf, PIECE_ELEMENTS, subPiece } from './stored-piece.ts';

/** to − from, of the same elements of two checkpoints. */
export interface DeltaTask {
  readonly to: StoredPiece;
  readonly from: StoredPiece;
  readonly rounding: Rounding;
}

/**
 * The update as float32, in the tensor's order. Two pieces are under way at a time: one is read while another is
 * subtracted.
 *
 * @param onRead told of what was read: 0 is `to`, 1 is `from`
 * @throws NamedError those of reading
 */
export async function deltaMatrix(task: DeltaTask, onRead?: OnRead): Promise<Float32Array<ArrayBuffer>> {
  const delta = new Float32Array(elementsOf(task.to));
  let at = 0;
  for await (const piece of deltaPieces(task, PIECE_ELEMENTS, onRead)) {
    delta.set(piece, at);
    at += piece.length;
  }
  return delta;
}

/** The same in runs of `size` elements, the last one shorter. */
export async function* deltaPieces(
  { to, from, rounding }: DeltaTask,
  size: number,
  onRead?: OnRead,
): AsyncGenerator<Float32Array<ArrayBuffer>, void, undefined> {
  const kernels = await Kernels.create();
  const decoder = new BlockDecoder(kernels);
  const out = kernels.reserve(BLOCK_ELEMENTS * 4);
  const elements = elementsOf(to);
  const read = async (first: number) => {
    const count = Math.min(size, elements - first);
    const pieces = count > 0 ? [subPiece(to, first, count), subPiece(from, first, count)] : [];
    return { pieces, ...(await readPieces(pieces, onRead)) };
  };
  let next = read(0);
  for (let first = 0; first < elements; first += size) {
    const { pieces, bytes, reported } = await next;
    next = read(first + size);
    // Its failure is reported when it is awaited, next time round.
    next.catch(() => undefined);
    decoder.load(bytes, pieces);
    const piece = new Float32Array(Math.min(size, elements - first));
    for (let start = 0; start < piece.length; start += BLOCK_ELEMENTS) {
      const count = Math.min(BLOCK_ELEMENTS, piece.length - start);
      const padded = paddedCount(count);
      const [a, b] = [decoder.decode(0, start, count, rounding), decoder.decode(1, start, count, rounding)];
      kernels.run.subtract(a, b, out, padded, Number(rounding === 'reference'));
      piece.set(kernels.floats(out, count), start);
    }
    await reported;
    yield piece;
  }
}
