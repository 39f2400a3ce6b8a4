import { CANVAS, type Point } from '../drawing/drawing.ts';
import { INK } from '../drawing/palette.ts';
import { textMarks } from '../drawing/text.ts';
import type { Draft, DraftOptions } from '../item.ts';
import { WORDS } from '../language/words.ts';
import type { Random } from '../random/random.ts';
import { CELL, towardsCell, type Alignment } from '../scene/alignment.ts';

/** A word somewhere on the canvas. */
export interface PlacedWord {
  text: string;
  /** Centre of the first glyph. */
  first: Point;
  pitch: number;
  height: number;
}

/** One glyph a cell while the word has room for it, else two; heights that fit the cell beside their neighbours. */
const SETTINGS = {
  wide: { pitch: CELL, height: 84, longest: 4 },
  narrow: { pitch: CELL / 2, height: 68, longest: 8 },
};

/** Smallest size of loosely set words, as a share of the full one. */
const SMALLEST = 0.8;

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Share of items that show letters without sense: reading must not become guessing among known words. */
const NONSENSE = 0.5;

/** "Read the text": an everyday word, or a string of letters, of at most eight. */
export function ocr(random: Random, { alignment }: DraftOptions): Draft {
  const text = random.chance(NONSENSE)
    ? Array.from({ length: random.whole(1, 8) }, () => random.pick([...LETTERS])).join('')
    : random.pick(WORDS);
  return ocrDraft(placeWord(random, text, alignment));
}

/** Sets a word of at most eight characters at a random place. */
export function placeWord(random: Random, text: string, alignment: Alignment): PlacedWord {
  const wide = text.length <= SETTINGS.wide.longest && random.chance(0.5);
  const setting = wide ? SETTINGS.wide : SETTINGS.narrow;
  if (text.length > setting.longest) throw new RangeError(`"${text}" is longer than ${setting.longest}`);
  const scale = 1 - (1 - SMALLEST) * (1 - alignment) * random.unit();
  const [pitch, height] = [Math.round(setting.pitch * scale), Math.round(setting.height * scale)];
  const x = random.whole(Math.ceil(pitch / 2), CANVAS - Math.ceil(pitch * (text.length - 0.5)));
  const y = random.whole(Math.ceil(height / 2), CANVAS - Math.ceil(height / 2));
  const first: Point = [towardsCell(x, alignment, setting.pitch), towardsCell(y, alignment)];
  return { text, first, pitch, height };
}

export function ocrDraft(word: PlacedWord): Draft {
  const { text, first, pitch, height } = word;
  return {
    // Where and how large it is set makes no other word of it.
    content: `word ${text}`,
    drawing: { background: [244, 244, 244], marks: textMarks(text, first, { pitch, height, colour: INK }) },
    prompt: 'Read the text in the image. Answer with the exact word only.',
    answer: text,
    description: 'Black letters.',
    rationale: '',
    level: Math.ceil(text.length / 3),
    questionType: 'text',
    meta: { text, canvas_size: [CANVAS, CANVAS] },
  };
}
