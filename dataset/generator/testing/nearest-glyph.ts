import { CANVAS } from '../drawing/drawing.ts';
import { INK } from '../drawing/palette.ts';
import { rasterise } from '../drawing/rasterise.ts';
import { textMarks } from '../drawing/text.ts';
import type { PlacedWord } from '../perception/ocr.ts';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const BACKGROUND = [244, 244, 244] as const;

/** How far, in pixels, a template may be moved to fit. */
const REACH = 1;

/** The letters at full size in the middle of a picture, by glyph height. */
const templates = new Map<string, Uint8Array>();

function template(letter: string, height: number, size: number): Uint8Array {
  const key = `${letter} ${height}`;
  const known = templates.get(key);
  if (known) return known;
  const marks = textMarks(letter, [CANVAS / 2, CANVAS / 2], { pitch: 0, height, colour: INK });
  const made = rasterise({ background: BACKGROUND, marks }, size);
  templates.set(key, made);
  return made;
}

/**
 * The letter whose template differs least, in squares of red values, from a word's glyph as seen in a picture of
 * `size` pixels: the simplest reader there is, told where to look but not at which fraction of a pixel.
 */
export function nearestGlyph(
  seen: Uint8Array,
  size: number,
  { first, pitch, height }: PlacedWord,
  at: number,
): string {
  const scale = size / CANVAS;
  const x = Math.round((first[0] + at * pitch) * scale);
  const y = Math.round(first[1] * scale);
  const half = { x: Math.floor((pitch * scale) / 2), y: Math.ceil((height * scale) / 2) };
  const red = (picture: Uint8Array, column: number, row: number): number =>
    column < 0 || row < 0 || column >= size || row >= size
      ? BACKGROUND[0]
      : (picture[(row * size + column) * 3] ?? 0);
  const difference = (letter: string): number => {
    const model = template(letter, height, size);
    let least = Infinity;
    for (let dy = -REACH; dy <= REACH; dy++) {
      for (let dx = -REACH; dx <= REACH; dx++) {
        let sum = 0;
        for (let v = -half.y; v <= half.y; v++) {
          for (let u = -half.x; u <= half.x; u++) {
            sum += (red(seen, x + u, y + v) - red(model, size / 2 + u + dx, size / 2 + v + dy)) ** 2;
          }
        }
        least = Math.min(least, sum);
      }
    }
    return least;
  };
  return (
    LETTERS.map((letter) => ({ letter, away: difference(letter) })).sort((a, b) => a.away - b.away)[0]
      ?.letter ?? ''
  );
}
