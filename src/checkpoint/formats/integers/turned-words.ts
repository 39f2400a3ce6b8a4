/** Words of codes that run down the columns, turned round to run along the rows: in WebAssembly, four words at a time. */
import type { Rows } from '../codec.ts';
import { kernelsWith } from './kernels.ts';

/** Stored lines. */
export interface WordLines {
  readonly words: Uint32Array<ArrayBuffer>;
  /** Words of a line. */
  readonly wide: number;
  readonly lines: number;
  /** Rows that a word has codes of: all of one, or eight interleaved. */
  readonly rowsAWord: 1 | 8;
}

/** Of lines that are turned together, so that they stay in the cache. */
const PANEL_BYTES = 2 ** 20;
/** Of rows that are turned before they leave the memory of WebAssembly. */
const TURNED_BYTES = 2 ** 26;
const CACHE_LINE = 64;

/**
 * After `prepareKernels`.
 *
 * @param rows multiples of `rowsAWord`
 * @param inPlace whether all rows may take the place of the words, which no one reads again
 * @param turnedBytes of rows that are turned together
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
  for (let row = 0; row < count; row += step) {
    const some = Math.min(step, count - row);
    out.set(turnedRows(from, first + row, some, rowWords), row * rowWords);
  }
  return out;
}

/** @returns a view of the memory of WebAssembly */
function turnedRows(
  { words, wide, rowsAWord }: WordLines,
  first: number,
  count: number,
  rowWords: number,
): Uint32Array {
  const across = Math.ceil(count / rowsAWord / 4) * 4;
  // Short lines are many, and copied all at once. Lines of many words, or of a power of two, have few places in the cache for their
  // neighbours: those are put apart by an odd number of cache lines.
  const isWhole = rowsAWord === 8 && first === 0 && across === wide && (4 * wide) % (8 * CACHE_LINE) !== 0;
  const lineBytes = isWhole ? 4 * wide : CACHE_LINE * (Math.ceil((4 * across) / CACHE_LINE) | 1);
  const rowBytes = 4 * rowWords;
  const panelWords = Math.max(16, Math.floor(PANEL_BYTES / (lineBytes * rowsAWord) / 16) * 16);
  const to = panelWords * rowsAWord * lineBytes;
  const kernels = kernelsWith(to + across * rowsAWord * rowBytes);
  const memory = new Uint32Array(kernels.memory.buffer);
  for (let word = 0; word < rowWords; word += panelWords) {
    const high = Math.min(panelWords, rowWords - word);
    const start = word * rowsAWord * wide + first / rowsAWord;
    if (isWhole) memory.set(words.subarray(start, start + high * rowsAWord * wide));
    for (let line = 0; line < high * rowsAWord && !isWhole; line += 1) {
      const from = start + line * wide;
      memory.set(words.subarray(from, from + count / rowsAWord), (line * lineBytes) / 4);
    }
    if (rowsAWord === 8) kernels.turnNibbles(0, lineBytes, high, across);
    for (let row = 0; row < rowsAWord; row += 1) {
      kernels.transposeWords(
        ...([
          row * lineBytes,
          rowsAWord * lineBytes,
          high,
          across,
          to + row * rowBytes + 4 * word,
          rowsAWord * rowBytes,
        ] as const),
      );
    }
  }
  return memory.subarray(to / 4, to / 4 + count * rowWords);
}
