import { CANVAS, type Box } from '../drawing/drawing.ts';
import { listed, withArticle } from '../language/phrases.ts';
import { lookName, type SceneObject } from './objects.ts';

const ACROSS = ['left', '', 'right'];
const DOWN = ['top', '', 'bottom'];

/** The ninth of the canvas a box's centre lies in: "top left", "right", "centre". */
export function whereabouts([x1, y1, x2, y2]: Box): string {
  const third = (low: number, high: number): number =>
    Math.min(2, Math.max(0, Math.floor(((low + high) * 3) / (2 * CANVAS))));
  const words = [DOWN[third(y1, y2)], ACROSS[third(x1, x2)]].filter((word) => word !== '');
  return words.length > 0 ? words.join(' ') : 'centre';
}

/** "a red star at the top left and a blue circle at the right", in reading order. */
export function describeObjects(objects: readonly SceneObject[]): string {
  const ordered = [...objects].sort((a, b) => a.box[1] + a.box[3] - b.box[1] - b.box[3]);
  return listed(
    ordered.map((object) => `${withArticle(lookName(object))} at the ${whereabouts(object.box)}`),
  );
}
