import type { Box } from '../drawing/drawing.ts';
import { WORDS } from '../language/words.ts';
import { counting } from '../perception/counting.ts';
import { groundingDraft } from '../perception/grounding.ts';
import { ocrDraft, placeWord } from '../perception/ocr.ts';
import { randomCategory, recognitionDraft, searchScene } from '../perception/recognition.ts';
import type { Random } from '../random/random.ts';
import { repeat } from '../random/repeat.ts';
import { splitOf } from '../random/split.ts';
import type { Draft } from '../item.ts';
import type { Alignment } from '../scene/alignment.ts';
import { placeObjects, randomLook } from '../scene/objects.ts';
import type { PairKind } from './pair.ts';
import { countingPair, groundingPair, ocrPair, recognitionPair } from './task-meta.ts';

/** Pairs of unlike pictures, as in the reference set. */
export const ANY_TWO: PairKind = {
  prefix: '',
  drafters: {
    counting(random, alignment) {
      const [target, source] = [heldOut(random, alignment), heldOut(random, alignment)];
      return target && source && target.answer !== source.answer ? countingPair(target, source) : undefined;
    },
    ocr(random, alignment) {
      const [one = '', other = ''] = random.some(HELD_OUT_WORDS, 2);
      const [target, source] = [placeWord(random, one, alignment), placeWord(random, other, alignment)];
      return ocrPair(ocrDraft(target), ocrDraft(source));
    },
    grounding(random, alignment) {
      const look = randomLook(random);
      const [target, source] = [look, look].map(() => placeObjects(random, [look], alignment));
      const [one, other] = [target?.[0], source?.[0]];
      if (!one || !other || overlap(one.box, other.box)) return undefined;
      return groundingPair(groundingDraft([one]), groundingDraft([other]));
    },
    recognition(random, alignment) {
      const category = randomCategory(random);
      const [target, source] = [true, false].map((present) =>
        searchScene(random, category, present, alignment),
      );
      if (!target || !source) return undefined;
      const [yes, no] = [recognitionDraft(target, category), recognitionDraft(source, category)];
      return recognitionPair(yes, no, category);
    },
  },
};

const HELD_OUT_WORDS = WORDS.filter((text) => splitOf(`word ${text}`) === 'eval');

/** Waiting for two held-out scenes at once would take long: one by one. */
function heldOut(random: Random, alignment: Alignment): Draft | undefined {
  return repeat(100, () => {
    const draft = counting(random, { alignment });
    return draft && splitOf(draft.content) === 'eval' ? draft : undefined;
  });
}

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
