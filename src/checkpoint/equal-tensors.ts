/** Whether two stored tensors hold the same values, found out without holding either. */
import type { Checkpoint, TensorEntry } from './checkpoint.ts';
import { readTensorBytes } from './checkpoint.ts';
import { toFloat32 } from './decoding.ts';
import { DTYPE_BYTES } from './dtype.ts';
import { mapInFlight } from '../work/in-flight.ts';

/** Elements compared at a time: 4 MiB of bfloat16 from each, a few milliseconds of work between two reads. */
const PIECE_ELEMENTS = 2 ** 21;

/** Looked at first, spread over the tensor: two matrices of different training differ in nearly every one of them. */
const SPOTS = 16;
const SPOT_ELEMENTS = 2048;

interface Run {
  readonly first: number;
  readonly count: number;
}

/**
 * Compares two tensors of one checkpoint value by value, as float32, in which they are used: 0 equals −0, and dtypes
 * may differ. Ends at the first piece that differs. Equal bytes are equal, a NaN among them too (`torch.equal` says
 * otherwise, of a model that answers nothing either way). Several pieces of 4 MiB are under way at once, whatever the
 * size of the tensors.
 *
 * @throws NamedError `Cancelled`, those of reading
 */
export async function equalTensors(
  checkpoint: Pick<Checkpoint, 'files'>,
  a: TensorEntry,
  b: TensorEntry,
  signal?: AbortSignal,
): Promise<boolean> {
  if (a.shape.join() !== b.shape.join()) return false;
  const elements = a.shape.reduce((product, size) => product * size, 1);
  let equal = true;
  const compare = async ({ first, count }: Run): Promise<void> => {
    // What is left once a difference was found is passed over.
    if (!equal) return;
    const read = (entry: TensorEntry): Promise<Uint8Array<ArrayBuffer>> => {
      const size = DTYPE_BYTES[entry.dtype];
      return readTensorBytes(checkpoint, entry, { start: first * size, end: (first + count) * size });
    };
    const [x, y] = await Promise.all([read(a), read(b)]);
    if (a.dtype === b.dtype && sameBytes(x, y)) return;
    if (!sameValues(toFloat32(x, a.dtype), toFloat32(y, b.dtype))) equal = false;
  };
  await mapInFlight(spots(elements), compare, signal);
  await mapInFlight(runs(elements), compare, signal);
  return equal;
}

function spots(elements: number): readonly Run[] {
  const count = Math.min(SPOT_ELEMENTS, elements);
  const step = (elements - count) / (SPOTS - 1);
  return elements <= PIECE_ELEMENTS
    ? []
    : Array.from({ length: SPOTS }, (_, spot) => ({ first: Math.floor(spot * step), count }));
}

function runs(elements: number): readonly Run[] {
  return Array.from({ length: Math.ceil(elements / PIECE_ELEMENTS) }, (_, run) => {
    const first = run * PIECE_ELEMENTS;
    return { first, count: Math.min(PIECE_ELEMENTS, elements - first) };
  });
}

function sameBytes(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): boolean {
  const words = Math.floor(a.length / 4);
  const [x, y] = [new Uint32Array(a.buffer, 0, words), new Uint32Array(b.buffer, 0, words)];
  for (let i = 0; i < words; i += 1) if (x[i] !== y[i]) return false;
  return a.subarray(words * 4).every((byte, i) => byte === b[words * 4 + i]);
}

function sameValues(a: Float32Array, b: Float32Array): boolean {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
