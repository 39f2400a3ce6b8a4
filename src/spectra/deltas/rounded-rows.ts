/** Rows of tensors that a format stores rounded. */
import type { DecodedTensor } from '../../checkpoint/formats/decoded-tensor.ts';
import { matrixOf } from '../../checkpoint/formats/encoded.ts';
import { encodedAt } from '../../checkpoint/formats/sent-source.ts';
import { elementsOf, PIECE_ELEMENTS, subPiece, type StoredPiece } from './stored-piece.ts';

/** The piece in runs of whole rows, as many as are read at a time; none where its values are stored plainly. */
export function roundedRows(piece: StoredPiece): readonly StoredPiece[] {
  const placed = encodedAt(piece.source, piece.start);
  if (!placed || placed.tensor.codec === 'stored') return [];
  const { columns } = matrixOf(placed.tensor.shape);
  const [elements, most] = [elementsOf(piece), Math.max(1, Math.floor(PIECE_ELEMENTS / columns)) * columns];
  return Array.from({ length: Math.ceil(elements / most) }, (_, run) =>
    subPiece(piece, run * most, Math.min(most, elements - run * most)),
  );
}

/**
 * See `Codec.roundingEnergy`: one number for each row, or for all of them.
 *
 * @param piece one of `roundedRows`, be it in another thread
 * @throws NamedError those of reading
 */
export async function roundingEnergy(
  piece: StoredPiece,
  of: 'row' | 'all',
): Promise<Float64Array<ArrayBuffer>> {
  const placed = encodedAt(piece.source, piece.start) as DecodedTensor;
  const { columns } = matrixOf(placed.tensor.shape);
  const before = elementsOf({ ...piece, start: placed.start, end: piece.start });
  const rows = { first: before / columns, count: elementsOf(piece) / columns };
  return of === 'row' ? placed.rowRoundingEnergies(rows) : Float64Array.of(await placed.roundingEnergy(rows));
}
