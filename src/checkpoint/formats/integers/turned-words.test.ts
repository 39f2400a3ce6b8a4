import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../work/seeded-random.ts';
import { prepareKernels, releaseKernels } from './kernels.ts';
import { turnedWords, type WordLines } from './turned-words.ts';

/** The places of an interleaved word, from the lowest bits. */
const PLACES = [0, 2, 4, 6, 1, 3, 5, 7];

function linesOf(lines: number, wide: number, rowsAWord: 1 | 8): WordLines {
  const random = seededRandom(lines + wide);
  const words = Uint32Array.from({ length: lines * wide }, () => Math.floor(random() * 2 ** 32));
  return { words, lines, wide, rowsAWord };
}

/** The same, word by word and nibble by nibble. */
function reference(
  { words, lines, wide, rowsAWord }: WordLines,
  first: number,
  count: number,
): Uint32Array<ArrayBuffer> {
  const rowWords = lines / rowsAWord;
  const out = new Uint32Array(count * rowWords);
  for (let row = 0; row < count; row += 1) {
    for (let line = 0; line < lines; line += 1) {
      const word = words[line * wide + Math.floor((first + row) / rowsAWord)] ?? 0;
      const at = row * rowWords + Math.floor(line / rowsAWord);
      if (rowsAWord === 1) out[at] = word;
      else {
        const code = (word >>> (4 * PLACES.indexOf((first + row) % 8))) & 15;
        out[at] = ((out[at] ?? 0) | (code << (4 * (line % 8)))) >>> 0;
      }
    }
  }
  return out;
}

beforeAll(prepareKernels);

describe('words that are turned round', () => {
  it.each([
    { lines: 4, wide: 1, first: 0, count: 1 },
    { lines: 16, wide: 70, first: 0, count: 70 },
    { lines: 20, wide: 131, first: 3, count: 101 },
    { lines: 2368, wide: 67, first: 0, count: 67 },
    // More of a line than a panel has room for.
    { lines: 36, wide: 20001, first: 1, count: 19999 },
  ])('$lines lines of $wide words, $count rows from $first', ({ lines, wide, first, count }) => {
    const from = linesOf(lines, wide, 1);
    expect(turnedWords(from, { first, count }, false)).toEqual(reference(from, first, count));
  });

  it.each([
    { lines: 32, wide: 1, first: 0, count: 8 },
    { lines: 160, wide: 9, first: 0, count: 72 },
    // Lines that are copied all at once, and some that nearly are.
    { lines: 160, wide: 12, first: 0, count: 96 },
    { lines: 160, wide: 12, first: 0, count: 80 },
    { lines: 160, wide: 12, first: 8, count: 88 },
    { lines: 4096, wide: 44, first: 0, count: 352 },
    { lines: 64, wide: 128, first: 0, count: 1024 },
    // More of a line than is copied at once.
    { lines: 64, wide: 300, first: 0, count: 2400 },
    { lines: 96, wide: 13, first: 24, count: 56 },
    { lines: 2080, wide: 33, first: 8, count: 200 },
  ])('$lines lines of $wide interleaved words, $count rows from $first', ({ lines, wide, first, count }) => {
    const from = linesOf(lines, wide, 8);
    expect(turnedWords(from, { first, count }, false)).toEqual(reference(from, first, count));
  });

  it.each([1, 8] as const)(
    'some rows after the others, where all are too many: %i rows a word',
    (rowsAWord) => {
      const from = linesOf(64, 240 / rowsAWord, rowsAWord);
      const rowBytes = (4 * 64) / rowsAWord;
      const rows = { first: 0, count: 240 };
      const before = from.words.slice();
      expect(turnedWords(from, rows, true, 100 * rowBytes)).toEqual(reference(from, 0, 240));
      expect(from.words).toEqual(before);
    },
  );

  it('puts all rows in the place of the words where it may, also after memory was let go of', () => {
    const from = linesOf(64, 21, 1);
    const expected = reference(from, 0, 21);
    releaseKernels();
    expect(turnedWords(from, { first: 0, count: 21 }, true)).toBe(from.words);
    expect(from.words).toEqual(expected);
  });
});
