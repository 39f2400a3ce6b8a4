import type { Draft, DraftOptions } from '../item.ts';
import { COLOUR_NAMES } from '../drawing/palette.ts';
import { SHAPES } from '../drawing/shapes.ts';
import type { Random } from '../random/random.ts';
import { withArticle } from '../language/phrases.ts';
import { drawObjects, objectsContent, placeObjects, type Look } from '../scene/objects.ts';
import { whereabouts } from '../scene/where.ts';

/** "What colour is the star?", "What shape is the red item?", among up to four things of different shapes and colours. */
export function attributes(random: Random, { alignment }: DraftOptions): Draft | undefined {
  const count = random.whole(1, 4);
  const colours = random.some(COLOUR_NAMES, count);
  const looks = random
    .some(SHAPES, count)
    .flatMap((shape, i): Look[] => colours.slice(i, i + 1).map((colour) => ({ shape, colour })));
  const objects = placeObjects(random, looks, alignment);
  const [asked] = objects ?? [];
  if (!objects || !asked) return undefined;
  const forColour = random.chance(0.5);
  const where = whereabouts(asked.box);
  const known = forColour ? asked.shape : `${asked.colour} item`;
  return {
    content: objectsContent(objects),
    drawing: drawObjects(objects),
    prompt: forColour ? `What colour is the ${known}?` : `What shape is the ${known}?`,
    answer: forColour ? asked.colour : asked.shape,
    description: `There is ${withArticle(known)} at the ${where}.`,
    rationale: forColour
      ? `The ${known} at the ${where} is ${asked.colour}.`
      : `The ${known} at the ${where} is ${withArticle(asked.shape)}.`,
    level: count,
    questionType: forColour ? 'colour' : 'shape',
    meta: { colour: asked.colour, shape: asked.shape },
  };
}
