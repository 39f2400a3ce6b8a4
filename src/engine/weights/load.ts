/** Streams a checkpoint's weights onto the device: read, convert, write, several pieces in flight. */
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import type { Checkpoint, TensorEntry } from '../../checkpoint/checkpoint.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import { readsWhole, storedAs } from '../../checkpoint/formats/stored-as.ts';
import { mapInFlight } from '../../work/in-flight.ts';
import { TensorHash } from '../../checkpoint/whole-hash/tensor-hash.ts';
import type { LoadProgress, QuantizationError } from '../protocol/loading.ts';
import type { WeightArrays } from './arrays.ts';
import type { ConvertTask, ReadAndConverted } from './convert.ts';
import type { ErrorSums } from './error-sums.ts';
import { addErrors, summarizeErrors } from './error-sums.ts';
import type { PlannedWeight } from './plan.ts';
import { progressMeter } from './progress.ts';
import { encodedTensor, isAsStored } from './stored-blocks.ts';
import { tensorPlace } from '../../checkpoint/tensor-place.ts';
import { throwIfCancelled } from '../../work/cancel.ts';

/** Source bytes read at once: large enough for the disk, small enough to cancel promptly and to hold several. */
const PIECE_BYTES = 16 * 2 ** 20;

/** Codes of a matrix up to this many bytes are moved in one piece, which need not be put together: any of a 7B but its head. */
const WHOLE_BYTES = 64 * 2 ** 20;

/** Plain tensors up to this many bytes are read together with their neighbours: norms and biases. */
const SMALL_BYTES = 2 ** 20;

/**
 * Reads `[start, end)` of a file and converts it; in a worker, or in place.
 *
 * @param group of encoded tensors that are asked for whole, in one turn: their bytes may be read together
 */
export type ReadAndConvert = (
  source: ByteSource,
  range: { readonly file: string; readonly start: number; readonly end: number },
  task: ConvertTask,
  group?: object,
) => Promise<ReadAndConverted>;

/** Sees every array write, to keep a copy. */
export type WriteTap = (slot: string, byteOffset: number, bytes: Uint8Array) => void;

export interface LoadWeightsOptions {
  readonly convert: ReadAndConvert;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly tap?: WriteTap;
}

export interface LoadReport {
  readonly bytesRead: number;
  readonly error: QuantizationError | null;
  /** Hashes (`TensorHash`) of the tensors whose values were all read, by canonical name; of a kept copy when it was made. */
  readonly hashes: ReadonlyMap<string, string>;
}

interface Piece {
  readonly weight: PlannedWeight;
  readonly entry: TensorEntry;
  /** Row within the planned weight. */
  readonly row: number;
  readonly rows: number;
  /** As it is read: of an encoded tensor of its values. */
  readonly rowBytes: number;
  /** Bytes on the disk, for the meter. */
  readonly storedBytes: number;
}

/** @throws NamedError those of reading, converting and allocating; `Cancelled`. */
export async function loadWeights(
  checkpoint: Checkpoint,
  plan: readonly PlannedWeight[],
  arrays: WeightArrays,
  { convert, signal, onProgress, tap }: LoadWeightsOptions,
): Promise<LoadReport> {
  const list = plan.flatMap((weight) => pieces(checkpoint, weight));
  const bytesTotal = storedBytesOf(list);
  const meter = progressMeter('reading', bytesTotal, onProgress);
  const allocated = new Map<PlannedWeight, Promise<void>>();
  const errors = new Map<Piece, ErrorSums>();
  const tensors = new Map<TensorEntry, TensorHash>();
  const hashes = new Map<string, string>();

  const load = async (piece: Piece, group?: object): Promise<void> => {
    const { weight, entry, row, rows, rowBytes } = piece;
    const whole = arrays.areConstants && rows === weight.rows;
    const room = whole ? undefined : (allocated.get(weight) ?? allocate(arrays, weight));
    if (room) allocated.set(weight, room);
    const source = checkpoint.files.get(entry.file) as ByteSource;
    const start = entry.start + (weight.firstRow + row) * rowBytes;
    const range = { file: entry.file, start, end: start + rows * rowBytes };
    const { columns, format, block } = weight;
    const place = { start: start - entry.start, tensorBytes: entry.bytes };
    const asStored = isAsStored(checkpoint, entry, format) ? weight.firstRow + row : null;
    const task = {
      tensor: entry.name,
      dtype: entry.dtype,
      rows,
      columns,
      format,
      block,
      asStored,
      place,
      inPlace: !whole,
    };
    // Together: a refused allocation is noticed at once, and by us.
    const [{ arrays: data, error, part }] = await Promise.all([convert(source, range, task, group), room]);
    if (signal?.aborted) return;
    data.forEach((bytes, index) => {
      const slot = weight.slots[index]?.name as string;
      const offset = row * (bytes.length / rows);
      tap?.(slot, offset, bytes);
      if (whole) arrays.take(slot, bytes);
      else arrays.write(slot, offset, bytes);
    });
    if (error) errors.set(piece, error);
    if (part) {
      const tensor = tensors.get(entry) ?? new TensorHash(entry.bytes);
      tensors.set(entry, tensor);
      const hash = await tensor.add(part);
      if (hash !== null) hashes.set(entry.name, hash);
    }
    meter(piece.storedBytes, entry.name);
  };
  await mapInFlight(
    groupsOf(checkpoint, list),
    ({ pieces, together }) => Promise.all(pieces.map((piece) => load(piece, together ? pieces : undefined))),
    signal,
  );
  throwIfCancelled(signal);
  return { bytesRead: bytesTotal, error: summarizeErrors(byTensor(list, errors)), hashes };
}

interface Group {
  readonly pieces: readonly Piece[];
  /** Whether they are whole encoded tensors: of one, too, the parts may follow one another. */
  readonly together: boolean;
}

/** Pieces of a layer that can be read together, as they follow on the disk, up to `WHOLE_BYTES`; all others alone. */
function groupsOf(checkpoint: Checkpoint, list: readonly Piece[]): readonly Group[] {
  const layers = new Map<string, { readonly piece: Piece; readonly start: number | null }[]>();
  list.forEach((piece, index) => {
    const { part, block } = tensorPlace(piece.entry.name);
    const start = startOfWhole(checkpoint, piece);
    const key = start === null || block === null ? String(index) : `${part} ${block}`;
    const pieces = layers.get(key) ?? [];
    layers.set(key, pieces);
    pieces.push({ piece, start });
  });
  return [...layers.values()].flatMap((pieces) => {
    const groups: { pieces: Piece[]; together: boolean }[] = [];
    let room = 0;
    for (const { piece, start } of pieces.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0))) {
      room -= piece.storedBytes;
      if (room >= 0) groups.at(-1)?.pieces.push(piece);
      else {
        groups.push({ pieces: [piece], together: start !== null });
        room = WHOLE_BYTES - piece.storedBytes;
      }
    }
    // The largest first: what comes last is shared out among threads best where it is small.
    return groups.toSorted((one, other) => storedBytesOf(other.pieces) - storedBytesOf(one.pieces));
  });
}

function storedBytesOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
}

/** Where on the disk an encoded tensor begins whose codes are moved, all of them, or that is small; null of other pieces. */
function startOfWhole(checkpoint: Checkpoint, { entry, weight, rows, rowBytes }: Piece): number | null {
  const tensor = encodedTensor(checkpoint, entry);
  if (!tensor || rows * rowBytes !== entry.bytes) return null;
  const small = tensor.codec === 'stored' && entry.bytes <= SMALL_BYTES;
  if (!small && !isAsStored(checkpoint, entry, weight.format)) return null;
  return Math.min(...Object.values(tensor.parts).map(({ start }) => start));
}

/** Sums in the order of the plan, whatever the order in which threads were done: the same to the last digit. */
function byTensor(
  pieces: readonly Piece[],
  errors: ReadonlyMap<Piece, ErrorSums>,
): ReadonlyMap<string, ErrorSums> {
  const sums = new Map<string, ErrorSums>();
  for (const piece of pieces) {
    const error = errors.get(piece);
    if (!error) continue;
    const before = sums.get(piece.entry.name);
    sums.set(piece.entry.name, before ? addErrors(before, error) : error);
  }
  return sums;
}

async function allocate(arrays: WeightArrays, weight: PlannedWeight): Promise<void> {
  for (const slot of weight.slots) await arrays.allocate(slot);
}

/** An even number of rows a piece, so that every array offset is a multiple of four bytes. */
function pieces(checkpoint: Checkpoint, weight: PlannedWeight): readonly Piece[] {
  const entry = checkpoint.tensors.get(weight.tensor);
  if (!entry) throw new RangeError(`${weight.tensor} was not checked for`);
  const rowBytes = weight.columns * DTYPE_BYTES[entry.dtype];
  const storedRow = storedAs(checkpoint.files, entry).bytes / (entry.bytes / rowBytes);
  const step = rowsAPiece(checkpoint, weight, entry, rowBytes, storedRow);
  return Array.from({ length: Math.ceil(weight.rows / step) }, (_, index) => {
    const rows = Math.min(step, weight.rows - index * step);
    return { weight, entry, row: index * step, rows, rowBytes, storedBytes: rows * storedRow };
  });
}

/** Codes that are moved take no more memory than they are stored in; a layout that runs the other way is read once, all of it. */
function rowsAPiece(
  checkpoint: Checkpoint,
  { rows, format }: PlannedWeight,
  entry: TensorEntry,
  rowBytes: number,
  storedRow: number,
): number {
  const asStored = isAsStored(checkpoint, entry, format);
  if (asStored && (rows * storedRow <= WHOLE_BYTES || readsWhole(checkpoint.files, entry))) return rows;
  return Math.max(2, Math.floor(PIECE_BYTES / (asStored ? storedRow : rowBytes) / 2) * 2);
}
