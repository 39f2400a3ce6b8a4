import { CANVAS, type Box, type Drawing } from '../drawing/drawing.ts';
import { COLOUR_NAMES, PAPER, type Colour } from '../drawing/palette.ts';
import { shapeMark, SHAPES, type Shape } from '../drawing/shapes.ts';
import type { Random } from '../random/random.ts';
import { towardsCell, type Alignment } from './alignment.ts';

/** One thing in a scene. */
export interface SceneObject {
  shape: Shape;
  colour: Colour;
  box: Box;
}

/** What a thing looks like, wherever it is. */
export type Look = Omit<SceneObject, 'box'>;

/** The name prompts call it: "red star". */
export function lookName({ shape, colour }: Look): string {
  return `${colour} ${shape}`;
}

export function randomLook(random: Random): Look {
  return { shape: random.pick(SHAPES), colour: random.pick(COLOUR_NAMES) };
}

/** Every look there is. */
export const LOOKS: readonly Look[] = SHAPES.flatMap((shape) =>
  COLOUR_NAMES.map((colour) => ({ shape, colour })),
);

/** Canvas units that stay free between two things. */
const GAP = 6;

/** Sides of a thing, in canvas units: the largest that a cell holds, the smallest still clear at 112×112. */
const SIDES = { least: 60, most: 88 };

/** More things, smaller things: the most that a crowd of ten leaves room for. */
const CROWDED_MOST = 74;
const CROWD = 6;

/**
 * Things side by side, without overlap, one for each look; undefined where the draw found no room (draw again).
 */
export function placeObjects(
  random: Random,
  looks: readonly Look[],
  alignment: Alignment,
): SceneObject[] | undefined {
  const most = looks.length >= CROWD ? CROWDED_MOST : SIDES.most;
  const placed: SceneObject[] = [];
  for (const look of looks) {
    const side = (): number => random.whole(SIDES.least, most);
    const box = freeBox(random, placed, alignment, () => [side(), side()]);
    if (box === undefined) return undefined;
    placed.push({ ...look, box });
  }
  return placed;
}

/** A box of the sides drawn, apart from all things placed; undefined where forty draws found none. */
export function freeBox(
  random: Random,
  placed: readonly SceneObject[],
  alignment: Alignment,
  sides: () => readonly [number, number],
): Box | undefined {
  for (let attempt = 0; attempt < 40; attempt++) {
    const [width, height] = sides();
    const x1 = edge(random, width, alignment);
    const y1 = edge(random, height, alignment);
    const box: Box = [x1, y1, x1 + width, y1 + height];
    if (placed.every((other) => apart(box, other.box))) return box;
  }
  return undefined;
}

/** The lower edge of something `side` long, inside the canvas. */
function edge(random: Random, side: number, alignment: Alignment): number {
  const centre = random.whole(Math.ceil(side / 2), CANVAS - Math.ceil(side / 2));
  return Math.round(towardsCell(centre, alignment) - side / 2);
}

function apart(a: Box, b: Box): boolean {
  return a[2] + GAP <= b[0] || b[2] + GAP <= a[0] || a[3] + GAP <= b[1] || b[3] + GAP <= a[1];
}

export function drawObjects(objects: readonly SceneObject[]): Drawing {
  return {
    background: PAPER,
    marks: objects.map(({ shape, box, colour }) => shapeMark(shape, box, colour)),
  };
}

/** What the picture shows, whatever order its things were placed in. */
export function objectsContent(objects: readonly SceneObject[]): string {
  return `scene ${objects
    .map((object) => `${lookName(object)} ${object.box.join(',')}`)
    .sort()
    .join('; ')}`;
}
