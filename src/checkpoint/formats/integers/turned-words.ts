/** Words of codes that run down the columns, turned round to run along the rows: in WebAssembly, four words at a time. */
import type { Rows } from '../codec.ts';

/** What `assembly/index.ts` exports; addresses and strides are bytes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  transposeWords(
    from: number,
    fromStride: number,
    high: number,
    wide: number,
    to: number,
    toStride: number,
  ): void;
  turnNibbles(lines: number, stride: number, eights: number, wide: number): void;
}

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
const PAGE_BYTES = 2 ** 16;
const CACHE_LINE = 64;

let compiled: WebAssembly.Module | undefined;
let running: Exports | undefined;

/** Compiles what turns words, once a thread. Loaded only here: what reads no codes runs where nothing compiles it. */
export async function prepareTurning(): Promise<void> {
  if (compiled) return;
  const { default: bytes } = await import('./assembly/index.ts?assemblyscript');
  compiled = await WebAssembly.compile(bytes);
}

/** Whether words can be turned in this thread. */
export function canTurn(): boolean {
  return compiled !== undefined;
}

/**
 * After `prepareTurning`.
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

/** Lets go of the memory that rows are turned in. */
export function releaseTurning(): void {
  running = undefined;
}

/** @returns a view of the memory of WebAssembly */
function turnedRows(
  { words, wide, rowsAWord }: WordLines,
  first: number,
  count: number,
  rowWords: number,
): Uint32Array {
  running ??= start();
  const across = Math.ceil(count / rowsAWord / 4) * 4;
  // An odd number of cache lines: an even one leaves neighbours few places in the cache.
  const lineBytes = CACHE_LINE * (Math.ceil((4 * across) / CACHE_LINE) | 1);
  const rowBytes = 4 * rowWords;
  const panelWords = Math.max(16, Math.floor(PANEL_BYTES / (lineBytes * rowsAWord) / 16) * 16);
  const to = panelWords * rowsAWord * lineBytes;
  const missing = to + across * rowsAWord * rowBytes - running.memory.buffer.byteLength;
  if (missing > 0) running.memory.grow(Math.ceil(missing / PAGE_BYTES));
  const memory = new Uint32Array(running.memory.buffer);
  for (let word = 0; word < rowWords; word += panelWords) {
    const high = Math.min(panelWords, rowWords - word);
    for (let line = 0; line < high * rowsAWord; line += 1) {
      const from = (word * rowsAWord + line) * wide + first / rowsAWord;
      memory.set(words.subarray(from, from + count / rowsAWord), (line * lineBytes) / 4);
    }
    if (rowsAWord === 8) running.turnNibbles(0, lineBytes, high, across);
    for (let row = 0; row < rowsAWord; row += 1) {
      running.transposeWords(
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

function start(): Exports {
  if (!compiled) throw new RangeError('words are turned before that was prepared');
  return new WebAssembly.Instance(compiled, { env: { abort: () => undefined } })
    .exports as unknown as Exports;
}
