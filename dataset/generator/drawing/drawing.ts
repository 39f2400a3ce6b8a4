/** Red, green, blue, each 0 to 255. */
export type Rgb = readonly [number, number, number];

/** x to the right, y down, in canvas units. */
export type Point = readonly [number, number];

/** x1, y1, x2, y2: the outer edges. */
export type Box = readonly [number, number, number, number];

/** Drawings, boxes and prompts speak of a square canvas this wide, whatever size it is rendered at. */
export const CANVAS = 384;

/** A line that runs along the inner side of a shape's edge, so that the shape still ends where its box does. */
export interface Outline {
  colour: Rgb;
  width: number;
}

/** What a mark stands for, where it stands for something: not drawn, but what a vision tower can be taught to see. */
export type Sight =
  | { kind: 'glyph'; character: string; centre: Point }
  | { kind: 'thing'; shape: string; colour: string; box: Box };

export type Mark = { shows?: Sight } & (
  | { kind: 'polygon'; points: readonly Point[]; fill: Rgb; outline?: Outline }
  | { kind: 'ellipse'; box: Box; fill: Rgb; outline?: Outline }
  | { kind: 'strokes'; lines: readonly (readonly Point[])[]; width: number; fill: Rgb }
);

/** A picture as data: later marks lie over earlier ones. */
export interface Drawing {
  background: Rgb;
  marks: readonly Mark[];
}

/** The canvas' point nearest to one that may lie beside it. */
export function onCanvas([x, y]: Point): Point {
  const inside = (value: number): number => Math.min(CANVAS, Math.max(0, value));
  return [inside(x), inside(y)];
}

/** The mark of an upright rectangle. */
export function rectangle([x1, y1, x2, y2]: Box, fill: Rgb, outline?: Outline): Mark {
  const points: Point[] = [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ];
  return { kind: 'polygon', points, fill, ...(outline ? { outline } : {}) };
}
