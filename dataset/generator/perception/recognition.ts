import { CANVAS } from '../drawing/drawing.ts';
import { COLOUR_NAMES } from '../drawing/palette.ts';
import { SHAPES, type Shape } from '../drawing/shapes.ts';
import type { Draft, DraftOptions } from '../item.ts';
import { withArticle } from '../language/phrases.ts';
import type { Random } from '../random/random.ts';
import type { Alignment } from '../scene/alignment.ts';
import {
  drawObjects,
  LOOKS,
  lookName,
  objectsContent,
  placeObjects,
  type Look,
  type SceneObject,
} from '../scene/objects.ts';
import { describeObjects } from '../scene/where.ts';

/** What a picture is searched for: a shape in any colour, or in one. */
export interface Category {
  id: number;
  name: string;
  fits(look: Look): boolean;
}

/** The six shapes, then the thirty-six coloured shapes. */
export const CATEGORIES: readonly Category[] = [
  ...SHAPES.map((shape: Shape): Omit<Category, 'id'> => ({
    name: shape,
    fits: (look) => look.shape === shape,
  })),
  ...SHAPES.flatMap((shape) =>
    COLOUR_NAMES.map((colour): Omit<Category, 'id'> => ({
      name: lookName({ shape, colour }),
      fits: (look) => look.shape === shape && look.colour === colour,
    })),
  ),
].map((category, id) => ({ ...category, id }));

/** Half of the questions ask for a shape alone. */
export function randomCategory(random: Random): Category {
  return random.pick(
    random.chance(0.5) ? CATEGORIES.slice(0, SHAPES.length) : CATEGORIES.slice(SHAPES.length),
  );
}

/** Two to five things among which the category is found, or is not. */
export function searchScene(
  random: Random,
  category: Category,
  present: boolean,
  alignment: Alignment,
): SceneObject[] | undefined {
  const others = LOOKS.filter((look) => !category.fits(look));
  const count = random.whole(1, 4);
  const looks = random.some(others, present ? count : count + 1);
  if (present) looks.push(random.pick(LOOKS.filter((look) => category.fits(look))));
  return placeObjects(random, looks, alignment);
}

/** "Is there a star in the image?", yes and no equally often. */
export function recognition(random: Random, { alignment }: DraftOptions): Draft | undefined {
  const category = randomCategory(random);
  const objects = searchScene(random, category, random.chance(0.5), alignment);
  return objects && recognitionDraft(objects, category);
}

export function recognitionDraft(objects: readonly SceneObject[], category: Category): Draft {
  const found = objects.filter(category.fits);
  return {
    content: objectsContent(objects),
    drawing: drawObjects(objects),
    prompt: `Is there ${withArticle(category.name)} in the image? Answer Yes or No only.`,
    answer: found.length > 0 ? 'Yes' : 'No',
    description: `There is ${describeObjects(objects)}.`,
    rationale: `I see ${found.length > 0 ? describeObjects(found) : `no ${category.name}`}.`,
    level: Math.ceil(objects.length / 2),
    questionType: 'exists',
    meta: { category_id: category.id, category_name: category.name, canvas_size: [CANVAS, CANVAS] },
  };
}
