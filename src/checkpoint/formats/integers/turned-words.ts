/** Words of codes that run down the columns, turned round to run along the rows: in WebAssembly, four words at a time. */
import type { Rows } from '../codec.ts';
import { kernelsWith, SCRATCH_BYTES } from './kernels.ts';

/** Stored lines. */
export interface WordLines {
  readonly words: Uint32Array<ArrayBuffer>;
  /** Words of a line. */
  readonly wide: number;
  readonly lines: number;
  /** Rows that a word has codes of: all of one, or eight interleaved. */
  readonly rowsAWord: 1 | 8;
}

/** Which row of eight each nibble of a word is of, from the lowest, where rows are interleaved. */
export const INTERLEAVED = 0x75316420;
/** Of rows that are turned together, so that they stay in the cache until they are copied; not fewer of them than `LEAST_ROWS`. */
const BAND_BYTES = 2 ** 21;
const LEAST_ROWS = 256;
/** Words of a row that are turned at once, by `rowsAWord`: as many lines stay in the cache. */
const STRETCH = { 1: 64, 8: 32 } as const;
/** Of stored codes that lie in the memory of WebAssembly at a time. */
const TURNED_BYTES = 2 ** 26;
const CACHE_LINE = 64;

/**
 * After `prepareKernels`.
 *
 * @param rows multiples of `rowsAWord`
 * @param inPlace whether all rows may take the place of the words, which no one reads again
 * @param turnedBytes of codes that are turned together
 * @returns `[count, lines / rowsAWord]`, which is a multiple of four
 */
export function turnedWords(
  from: WordLines,
  { first, count }: Rows,
  inPlace: boolean,
  turnedBytes = TURNED_BYTES,
): Uint32Array<ArrayBuffer> {
  const rowWords = from.lines / from.rowsAWord;
  const step = Math.max(32, Math.floor(turnedBytes / (4 * rowWords) / 32) * 32);
  const out = inPlace && count <= step ? from.words : new Uint32Array(count * rowWords);
  for (let row = 0; row < count; row += step)
    turnRows(from, first + row, Math.min(step, count - row), out.subarray(row * rowWords));
  return out;
}

/** Takes all their codes before it gives the first row: `out` may be where they came from. */
function turnRows(
  { words, wide, lines, rowsAWord }: WordLines,
  first: number,
  count: number,
  out: Uint32Array,
): void {
  const across = Math.ceil(count / rowsAWord / 4) * 4;
  // Short lines are many, and copied all at once. Lines of a power of two have few places in the cache for their neighbours: they are
  // put apart by an odd number of cache lines.
  const isWhole = first === 0 && across === wide && (4 * wide) % (8 * CACHE_LINE) !== 0;
  const lineBytes = isWhole ? 4 * wide : CACHE_LINE * (Math.ceil((4 * across) / CACHE_LINE) | 1);
  const rowWords = lines / rowsAWord;
  const rowBytes = 4 * rowWords;
  const band = Math.max(LEAST_ROWS, Math.floor(BAND_BYTES / rowBytes / 32) * 32);
  const stretch = STRETCH[rowsAWord];
  const scratch = lines * lineBytes;
  const to = scratch + (rowsAWord === 1 ? 0 : SCRATCH_BYTES * stretch);
  const kernels = kernelsWith(to + Math.min(band, across * rowsAWord) * rowBytes);
  const memory = new Uint32Array(kernels.memory.buffer);
  if (isWhole) memory.set(words.subarray(0, lines * wide));
  for (let line = 0; line < lines && !isWhole; line += 1) {
    const start = line * wide + first / rowsAWord;
    memory.set(words.subarray(start, start + count / rowsAWord), (line * lineBytes) / 4);
  }
  for (let row = 0; row < count; row += band) {
    const rows = Math.min(band, count - row);
    const columns = Math.ceil(rows / rowsAWord / 4) * 4;
    for (let word = 0; word < rowWords; word += stretch) {
      const high = Math.min(stretch, rowWords - word);
      const at = word * rowsAWord * lineBytes + (4 * row) / rowsAWord;
      const place = to + 4 * word;
      if (rowsAWord === 1) kernels.transposeWords(at, lineBytes, high, columns, place, rowBytes);
      else kernels.turnNibbles(at, lineBytes, high, columns, 0, INTERLEAVED, place, rowBytes, scratch);
    }
    out.set(memory.subarray(to / 4, to / 4 + rows * rowWords), row * rowWords);
  }
}
