/** Which rows and columns of a weight share a scale: told by the shapes, and by config.json where these leave it open. */
import { asObject } from '../../config-hints.ts';
import type { DeclaredQuantization } from '../../quantization.ts';

/** Rows and columns that share a scale. */
export type Block = readonly [rows: number, columns: number];

/** What DeepSeek and Qwen publish, and transformers takes where nothing is said. */
const USUAL: Block = [128, 128];

/** Every size of block that the folder names, for whichever weights. */
export function declaredBlocks(declared: DeclaredQuantization | null): Block[] {
  const said = declared?.said ?? {};
  const groups = Object.values(asObject(said['config_groups']) ?? {});
  const settings = [said, ...groups.map((group) => asObject(asObject(group)?.['weights']) ?? {})];
  return settings.flatMap((setting) => [
    ...pair(setting['weight_block_size']),
    ...pair(setting['block_structure']),
    ...pair([1, setting['group_size']]),
  ]);
}

function pair(value: unknown): Block[] {
  if (!Array.isArray(value) || value.length !== 2) return [];
  const [rows, columns] = value as readonly unknown[];
  return isSize(rows) && isSize(columns) ? [[rows, columns]] : [];
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/**
 * The block of a weight `[rows, columns]` whose scales have this shape: one scale for all, one a row, or a grid of them.
 *
 * @param declared sizes that may apply; of several that fit all must mean the same
 * @returns null where the shapes do not fit each other, or fit in more than one way
 */
export function blockOf(
  [rows, columns]: Block,
  scales: readonly number[],
  declared: readonly Block[],
): Block | null {
  const count = scales.reduce((product, dim) => product * dim, 1);
  if (count === 1) return [Math.max(rows, 1), Math.max(columns, 1)];
  const [down = 0, across = 1, ...more] = scales;
  if (more.length > 0) return null;
  if (down === rows && across === 1) return [1, Math.max(columns, 1)];
  const fits = (sizes: readonly Block[]): Block[] =>
    sizes
      .filter(([high, wide]) => Math.ceil(rows / high) === down && Math.ceil(columns / wide) === across)
      .map(([high, wide]) => [Math.min(high, rows), Math.min(wide, columns)]);
  const [first, ...others] = fits(declared);
  if (first) {
    return others.every(([high, wide]) => high === first[0] && wide === first[1]) ? first : null;
  }
  if (down === rows && across > 0 && columns % across === 0) return [1, columns / across];
  return fits([USUAL])[0] ?? null;
}

/** "one scale a row", of a weight `[rows, columns]`. */
export function describeBlock([high, wide]: Block, [rows, columns]: Block): string {
  if (high >= rows && wide >= columns) return 'one scale a tensor';
  if (high > 1) return `a scale for each block of ${high} × ${wide}`;
  return wide >= columns ? 'a scale for each row' : `a scale for each ${wide} columns`;
}
