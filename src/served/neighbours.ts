import type { ByteRange } from '../checkpoint/served-file.ts';

/**
 * Bytes between two ranges that are rather read than asked around: a request takes some 50 ms, of which many overlap, and a line
 * of 10 MB/s brings about as many in its share. Spots are spread on purpose: of a 7B's 6,737 it leaves 5,899 (31.8 MB for 27.8);
 * four times as many bytes would leave 5,026, and read 184 MB.
 */
const MOST_BETWEEN = 64 * 1024;
/** A run that is longer is cut, so that it can be repeated, and a cancel heard. */
const LONGEST = 4 * 2 ** 20;

/** Ranges that are fetched with one request, and the bytes from the first to the last of them. */
export interface Run {
  readonly start: number;
  readonly end: number;
  /** Indices of the ranges. */
  readonly members: readonly number[];
}

/** Ranges put together with their neighbours, by their bytes; each lies whole in one run. */
export function runsOf(ranges: readonly ByteRange[]): readonly Run[] {
  const runs: { start: number; end: number; members: number[] }[] = [];
  const order = ranges.map((_, index) => index).sort((a, b) => startOf(ranges, a) - startOf(ranges, b));
  for (const index of order) {
    const [start, end] = ranges[index] as ByteRange;
    const last = runs.at(-1);
    if (last && start - last.end <= MOST_BETWEEN && Math.max(end, last.end) - last.start <= LONGEST) {
      last.end = Math.max(end, last.end);
      last.members.push(index);
    } else runs.push({ start, end, members: [index] });
  }
  return runs;
}

const startOf = (ranges: readonly ByteRange[], index: number): number => (ranges[index] as ByteRange)[0];
