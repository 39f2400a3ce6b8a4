/** `x1, y1, x2, y2`, outer edges. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

const NUMBER = String.raw`(-?\d+(?:\.\d+)?)`;
/** Separators and brackets, and names of coordinates ("y1 ="), but no other words. */
const BETWEEN = String.raw`(?:[\s,;()[\]]|[xy][12]?\s*[=:])+`;
const BOX = new RegExp(
  String.raw`(?<![\w.])${NUMBER}${[1, 2, 3].map(() => BETWEEN + NUMBER).join('')}(?![\d.]*\d)`,
);

/**
 * The first four numbers in a row, as `x1,y1,x2,y2`, `[x1, y1, x2, y2]`, `(x1,y1),(x2,y2)` or in Qwen's JSON. Corners
 * given in another order are put right. null where there are no four.
 */
export function parseBox(answer: string): Box | null {
  const match = BOX.exec(answer);
  if (!match) return null;
  const [a, b, c, d] = match.slice(1).map(Number) as [number, number, number, number];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

/** Intersection over union; 0 where both boxes are empty. */
export function boxIou(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const intersection = Math.max(0, width) * Math.max(0, height);
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  const union = area(a) + area(b) - intersection;
  return union > 0 ? intersection / union : 0;
}
