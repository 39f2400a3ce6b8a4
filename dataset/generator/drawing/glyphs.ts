import type { Point } from './drawing.ts';

/**
 * Our own stroke font. A glyph stands on a grid 6 wide and 12 high: 0 the top of tall letters and digits, 3 the top of
 * small ones, 9 the line they stand on, 12 the lowest tail. Strokes are parted by a space, points by nothing: two
 * characters each, x then y, in base 13.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  a: '6543230507294967 6369',
  b: '0009 0523436567492907',
  c: '6453230507295968',
  d: '6069 6543230507294967',
  e: '06666543230507295968',
  f: '6150402229 0454',
  g: '6543230507294967 636a4c1c',
  h: '0009 0523436569',
  i: '133339 30',
  j: '23434a2c0c 40',
  k: '0009 5307 2569',
  l: '1030383959',
  m: '0309 0413233439 3443536469',
  n: '0309 0523436569',
  o: '234365674929070523',
  p: '030c 0523436567492907',
  q: '636c 6543230507294967',
  r: '0309 05234354',
  s: '645313040516566768591908',
  t: '2128395968 0353',
  u: '0307294967 6369',
  v: '033963',
  w: '0319355963',
  x: '0369 6309',
  y: '0339 632b1c0c',
  z: '03630969',
  '0': '204062674929070220',
  '1': '123039 1959',
  '2': '02204062630969',
  '3': '01104062634424 446667491908',
  '4': '49400666',
  '5': '600004446667491908',
  '6': '5030040729496766442406',
  '7': '006029',
  '8': '20406244240220 2406072949676644',
  '9': '1939656240200203254563',
  '+': '3238 0565',
  '-': '0565',
  '×': '1357 5317',
  '=': '0363 0767',
  '?': '02204062633536 39',
  ':': '34 38',
  '.': '39',
};

/** Grid size of every glyph, and the line that runs through its middle: letters may have tails, digits have none. */
export const GLYPH = { width: 6, height: 12, middle: { letters: 6, digits: 4.5 } };

/** The strokes of a character in grid units. Throws RangeError for a character the font lacks. */
export function glyphStrokes(character: string): readonly (readonly Point[])[] {
  const strokes = PARSED.get(character);
  if (strokes === undefined) throw new RangeError(`no glyph for "${character}"`);
  return strokes;
}

/** Every character the font can draw. */
export const CHARACTERS: readonly string[] = Object.keys(GLYPHS);

const PARSED = new Map(
  Object.entries(GLYPHS).map(([character, strokes]) => [character, strokes.split(' ').map(points)]),
);

function points(stroke: string): Point[] {
  const digits = [...stroke].map((digit) => parseInt(digit, 13));
  return digits.flatMap((y, i) => (i % 2 === 1 ? [[digits[i - 1] ?? 0, y] as const] : []));
}
