import type { Mark, Point, Rgb } from './drawing.ts';
import { GLYPH, glyphStrokes } from './glyphs.ts';

/** How a line of text is set; lengths in canvas units. */
export interface TextStyle {
  /** Distance between the centres of neighbouring glyphs. */
  pitch: number;
  /** Height of a glyph from the highest to the lowest grid line. */
  height: number;
  colour: Rgb;
}

/** Width of a stroke in grid units. */
const STROKE = 1.3;

/** The marks of a line of text, one a glyph. `first` is the centre of the first glyph. Letters and digits of one line share it. */
export function textMarks(text: string, first: Point, { pitch, height, colour }: TextStyle): Mark[] {
  const unit = height / GLYPH.height;
  const middle = /[a-z]/.test(text) ? GLYPH.middle.letters : GLYPH.middle.digits;
  return [...text].flatMap((character, i): Mark[] => {
    if (character === ' ') return [];
    const left = first[0] + i * pitch - (GLYPH.width / 2) * unit;
    const top = first[1] - middle * unit;
    const lines = glyphStrokes(character).map((line) =>
      line.map(([x, y]): Point => [left + x * unit, top + y * unit]),
    );
    const centre: Point = [first[0] + i * pitch, first[1]];
    const shows = { kind: 'glyph', character, centre } as const;
    return [{ kind: 'strokes', lines, width: STROKE * unit, fill: colour, shows }];
  });
}
