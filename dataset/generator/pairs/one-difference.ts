import { COLOUR_NAMES } from '../drawing/palette.ts';
import { SHAPES } from '../drawing/shapes.ts';
import { WORDS } from '../language/words.ts';
import { countingDraft, crowd } from '../perception/counting.ts';
import { groundingDraft } from '../perception/grounding.ts';
import { ocrDraft, placeWord } from '../perception/ocr.ts';
import { CATEGORIES, recognitionDraft, searchScene } from '../perception/recognition.ts';
import { freeBox, lookName, placeObjects, LOOKS } from '../scene/objects.ts';
import type { PairKind } from './pair.ts';
import { countingPair, groundingPair, ocrPair, recognitionPair } from './task-meta.ts';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const SHAPE_COUNT = SHAPES.length;

/** Minimally different pairs: everything but one thing stays where and as it is. `meta.difference` names it. */
export const ONE_DIFFERENCE: PairKind = {
  prefix: 'minimal_',
  drafters: {
    /** One thing more, or one less. */
    counting(random, alignment) {
      const objects = crowd(random, random.whole(2, 10), alignment);
      if (!objects) return undefined;
      const [more, fewer] = [countingDraft(objects), countingDraft(objects.slice(0, -1))];
      const added = random.chance(0.5);
      const pair = added ? countingPair(fewer, more) : countingPair(more, fewer);
      return { ...pair, meta: { ...pair.meta, difference: added ? 'one item added' : 'one item removed' } };
    },
    /** One letter is another. */
    ocr(random, alignment) {
      const word = placeWord(random, random.pick(WORDS), alignment);
      const at = random.whole(0, word.text.length - 1);
      const letter = random.pick(LETTERS);
      const text = word.text.slice(0, at) + letter + word.text.slice(at + 1);
      if (text === word.text) return undefined;
      const pair = ocrPair(ocrDraft(word), ocrDraft({ ...word, text }));
      return { ...pair, meta: { ...pair.meta, difference: `letter ${at + 1}` } };
    },
    /** The thing asked for moves; another stays. */
    grounding(random, alignment) {
      const objects = placeObjects(random, random.some(LOOKS, 2), alignment);
      const [asked, other] = objects ?? [];
      if (!asked || !other) return undefined;
      const [x1, y1, x2, y2] = asked.box;
      const box = freeBox(random, [asked, other], alignment, () => [x2 - x1, y2 - y1]);
      if (!box) return undefined;
      const pair = groundingPair(groundingDraft([asked, other]), groundingDraft([{ ...asked, box }, other]));
      return { ...pair, meta: { ...pair.meta, difference: 'place' } };
    },
    /** The thing asked for takes another colour, or another shape. */
    recognition(random, alignment) {
      const category = random.pick(CATEGORIES.slice(SHAPE_COUNT));
      const objects = searchScene(random, category, true, alignment);
      if (!objects) return undefined;
      const byColour = random.chance(0.5);
      const changed = objects.map((object) => {
        if (!category.fits(object)) return object;
        return byColour
          ? { ...object, colour: random.pick(COLOUR_NAMES.filter((name) => name !== object.colour)) }
          : { ...object, shape: random.pick(SHAPES.filter((name) => name !== object.shape)) };
      });
      // Two things of one look would be more than one difference to what is told apart.
      if (new Set(changed.map(lookName)).size < changed.length) return undefined;
      const [yes, no] = [recognitionDraft(objects, category), recognitionDraft(changed, category)];
      const pair = recognitionPair(yes, no, category);
      return { ...pair, meta: { ...pair.meta, difference: byColour ? 'colour' : 'shape' } };
    },
  },
};
