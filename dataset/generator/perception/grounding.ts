import { CANVAS } from '../drawing/drawing.ts';
import type { Draft, DraftOptions } from '../item.ts';
import { capitalised } from '../language/phrases.ts';
import type { Random } from '../random/random.ts';
import {
  drawObjects,
  LOOKS,
  lookName,
  objectsContent,
  placeObjects,
  type SceneObject,
} from '../scene/objects.ts';
import { whereabouts } from '../scene/where.ts';

/** Share of training scenes that hold other things too. */
const WITH_OTHERS = 0.3;

/** "Locate the object", alone in the picture or among up to two others. */
export function grounding(random: Random, { alignment }: DraftOptions): Draft | undefined {
  const count = random.chance(WITH_OTHERS) ? random.whole(2, 3) : 1;
  const objects = placeObjects(random, random.some(LOOKS, count), alignment);
  return objects && groundingDraft(objects);
}

/** Asks for the first of the objects. The answer is its box in canvas units. */
export function groundingDraft(objects: readonly SceneObject[]): Draft {
  const [asked] = objects;
  if (asked === undefined) throw new RangeError('nothing to locate');
  const name = lookName(asked);
  return {
    content: objectsContent(objects),
    drawing: drawObjects(objects),
    prompt: `Locate the object: ${name}. Return bounding box as x1,y1,x2,y2.`,
    answer: asked.box.join(','),
    description: capitalised(`the ${name} is at the ${whereabouts(asked.box)}.`),
    rationale: '',
    level: objects.length,
    questionType: 'box',
    meta: { object_name: name, bbox_xyxy: asked.box, canvas_size: [CANVAS, CANVAS] },
  };
}
