import type { Box } from '../../grading/answers/box.ts';

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
