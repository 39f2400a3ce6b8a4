import type { Draft, DraftOptions } from '../item.ts';
import type { Random } from '../random/random.ts';
import { repeat } from '../random/repeat.ts';
import type { Alignment } from '../scene/alignment.ts';
import { drawObjects, objectsContent, placeObjects, randomLook, type SceneObject } from '../scene/objects.ts';
import { describeObjects } from '../scene/where.ts';

const MOST = 10;

/** Draws of a place for everything, before a count is given up: a count must not become rare because it is crowded. */
const TRIES = 30;

/** "How many items are there?" for one to ten things. */
export function counting(random: Random, { alignment }: DraftOptions): Draft | undefined {
  const objects = crowd(random, random.whole(1, MOST), alignment);
  return objects && countingDraft(objects);
}

/** That many random things, placed. */
export function crowd(random: Random, count: number, alignment: Alignment): SceneObject[] | undefined {
  return repeat(TRIES, () => {
    const looks = Array.from({ length: count }, () => randomLook(random));
    return placeObjects(random, looks, alignment);
  });
}

export function countingDraft(objects: readonly SceneObject[]): Draft {
  return {
    content: objectsContent(objects),
    drawing: drawObjects(objects),
    prompt: 'How many items are there in the image?',
    answer: String(objects.length),
    description: `There is ${describeObjects(objects)}.`,
    rationale: '',
    level: Math.ceil(objects.length / 3),
    questionType: 'count',
    meta: {},
  };
}
