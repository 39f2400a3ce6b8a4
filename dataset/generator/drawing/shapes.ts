import { rectangle, type Box, type Mark, type Point } from './drawing.ts';
import { COLOURS, INK, type Colour } from './palette.ts';

export const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross'] as const;

export type Shape = (typeof SHAPES)[number];

const OUTLINE = { colour: INK, width: 4 };

/** Corners in a box that runs from 0 to 1; the star's are those of a five-pointed one, stretched to touch every side. */
const CORNERS: Readonly<Record<Exclude<Shape, 'circle' | 'square'>, readonly Point[]>> = {
  triangle: [
    [0.5, 0],
    [1, 1],
    [0, 1],
  ],
  diamond: [
    [0.5, 0],
    [1, 0.5],
    [0.5, 1],
    [0, 0.5],
  ],
  star: [
    [0.5, 0],
    [0.63, 0.36],
    [1, 0.38],
    [0.71, 0.62],
    [0.81, 1],
    [0.5, 0.78],
    [0.19, 1],
    [0.29, 0.62],
    [0, 0.38],
    [0.37, 0.36],
  ],
  cross: [
    [0.33, 0],
    [0.67, 0],
    [0.67, 0.33],
    [1, 0.33],
    [1, 0.67],
    [0.67, 0.67],
    [0.67, 1],
    [0.33, 1],
    [0.33, 0.67],
    [0, 0.67],
    [0, 0.33],
    [0.33, 0.33],
  ],
};

/** A shape that touches all four sides of its box, with a dark outline. */
export function shapeMark(shape: Shape, box: Box, colour: Colour): Mark {
  const fill = COLOURS[colour];
  const shows = { kind: 'thing', shape, colour, box } as const;
  if (shape === 'circle') return { kind: 'ellipse', box, fill, outline: OUTLINE, shows };
  if (shape === 'square') return { ...rectangle(box, fill, OUTLINE), shows };
  const [x1, y1, x2, y2] = box;
  const points = CORNERS[shape].map(([x, y]): Point => [x1 + x * (x2 - x1), y1 + y * (y2 - y1)]);
  return { kind: 'polygon', points, fill, outline: OUTLINE, shows };
}
