/** x1, y1, x2, y2 in pixels, outer edges; x grows to the right, y downwards. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** A box counts as found above this overlap (docs/method.md §2.2). */
export const LEAST_OVERLAP = 0.5;

/** The box a text names: exactly four numbers, whatever stands between them; undefined otherwise. */
export function parseBox(text: string): Box | undefined {
  const numbers = text.match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? [];
  return numbers.length === 4 ? (numbers as unknown as Box) : undefined;
}

/** Intersection over union of two boxes, in [0, 1]; 0 where a box has no area. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const wide = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const high = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (wide <= 0 || high <= 0) return 0;
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  return (wide * high) / (area(a) + area(b) - wide * high);
}
