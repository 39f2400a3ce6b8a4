/** Many small ranges of one file. */
import type { ByteSource } from './byte-source.ts';
import { askedAgain } from './asked-again.ts';
import { readRange } from './byte-source.ts';
import { ServedFile } from './served-file.ts';
import { mapInFlight } from '../work/in-flight.ts';
import { joinedBytes } from '../work/bytes.ts';

/** Bytes `[start, end)` of the file. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Range extends Span {
  /** Whose they are, for errors. */
  readonly tensor: string;
}

/** Ranges that a browser, or a server, is asked for at once: what a request costs is shared, and a cancel need not wait. */
const TOGETHER = 128;

/** A slice of its own costs about as long as reading so many bytes does: ranges that lie closer are read with what is between them. */
const BETWEEN = 2 ** 17;

/**
 * By file and by ranges, the Blob that was made of its slices. Chromium keeps some 0.8 KB of every slice that was ever made, until its process
 * ends: where the same spots of the same file are read before each request, they are cut out once. What is read is what is on the disk by then.
 */
const cut = new WeakMap<Blob, Map<string, Blob>>();

/**
 * The bytes of the ranges, one after another. Of a File or Blob many are read with one request, as one Blob made of slices, or of all that
 * they lie in: a request of its own, and a slice, costs a browser a third of a millisecond, whatever it brings. Of a file on a server neighbours are fetched together.
 *
 * @throws NamedError those of `readRange`, naming the tensor; `Cancelled`
 */
export async function readScattered(
  source: ByteSource,
  file: string,
  ranges: readonly Range[],
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const single = ({ start, end, tensor }: Range): Promise<Uint8Array<ArrayBuffer>> =>
    readRange(source, start, end, { file, tensor });
  if (source instanceof ServedFile)
    return joinedBytes(await mapInFlight(runsOf(ranges), (some) => served(source, some), signal));
  if (!(source instanceof Blob)) return joinedBytes(await mapInFlight(ranges, single, signal));
  const stored: Blob = source;
  const together = async (some: readonly Range[]): Promise<Uint8Array<ArrayBuffer>> => {
    const around = spanOf(some);
    const asked = around ? [around] : some;
    const slices = slicesOf(stored, asked);
    const wanted = asked.reduce((sum, { start, end }) => sum + end - start, 0);
    const read = askedAgain(() => slices.arrayBuffer(), wanted);
    const bytes = new Uint8Array(await read.catch(() => new ArrayBuffer(0)));
    // Something is amiss with one of them: asked for one by one, it says so, and whose it is.
    if (bytes.length !== wanted) return joinedBytes(await mapInFlight(some, single, signal));
    if (!around) return bytes;
    return joinedBytes(
      some.map(({ start, end }) => bytes.subarray(start - around.start, end - around.start)),
    );
  };
  return joinedBytes(await mapInFlight(runsOf(ranges), together, signal));
}

/** All that the ranges lie in, where that is little for so many of them; else null. */
function spanOf(ranges: readonly Range[]): Span | null {
  const start = ranges.reduce((least, range) => Math.min(least, range.start), Infinity);
  const end = ranges.reduce((most, range) => Math.max(most, range.end), 0);
  return end - start <= ranges.length * BETWEEN ? { start, end } : null;
}

function slicesOf(stored: Blob, ranges: readonly Span[]): Blob {
  const known = cut.get(stored) ?? new Map<string, Blob>();
  cut.set(stored, known);
  const key = ranges.map(({ start, end }) => `${start}-${end}`).join();
  const slices = known.get(key) ?? new Blob(ranges.map(({ start, end }) => stored.slice(start, end)));
  known.set(key, slices);
  return slices;
}

function runsOf(ranges: readonly Range[]): readonly (readonly Range[])[] {
  return Array.from({ length: Math.ceil(ranges.length / TOGETHER) }, (_, index) =>
    ranges.slice(index * TOGETHER, (index + 1) * TOGETHER),
  );
}

const served = (source: ServedFile, ranges: readonly Range[]): Promise<Uint8Array> =>
  source.scattered(ranges.map(({ start, end }) => [start, end]));
