import type { Box } from '../../grading/answers/box.ts';

/**
 * Four numbers with separators, brackets and names of coordinates ("y1 =") between them, but no other words. A number ends where
 * no digit follows, so that it is tried at its full length alone.
 */
const BOX =
  /(?<![\w.])(-?\d+(?:\.\d+)?)(?:[\s,;()[\]]|[xy][12]?\s*[=:])+(-?\d+(?:\.\d+)?)(?:[\s,;()[\]]|[xy][12]?\s*[=:])+(-?\d+(?:\.\d+)?)(?:[\s,;()[\]]|[xy][12]?\s*[=:])+(-?\d+(?:\.\d+)?)(?!\d|\.[\d.]*\d)/;

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
