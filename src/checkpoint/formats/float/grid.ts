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

export interface Grid {
  readonly block: Block;
  /** "a scale for each row". */
  readonly label: string;
}

/**
 * The blocks of a weight `[rows, columns]` whose scales have this shape: one scale for all, one a row, or a grid of them.
 *
 * @param declared sizes that may apply; of several that fit all must mean the same
 * @returns null where the shapes do not fit each other, or fit in more than one way
 */
export function gridOf(
  [rows, columns]: Block,
  scales: readonly number[],
  declared: readonly Block[],
): Grid | null {
  const [down = 1, across = 1, ...more] = scales;
  if (more.length > 0) return null;
  const fitting = (sizes: readonly Block[]): Block[] =>
    sizes.filter(([high, wide]) => Math.ceil(rows / high) === down && Math.ceil(columns / wide) === across);
  const [first, ...others] = scales.length === 2 ? fitting(declared) : [];
  if (first) {
    const same = ([high, wide]: Block): boolean =>
      Math.min(high, rows) === Math.min(first[0], rows) &&
      Math.min(wide, columns) === Math.min(first[1], columns);
    return others.every(same) ? labelled(first) : null;
  }
  if (down * across === 1)
    return { block: [Math.max(rows, 1), Math.max(columns, 1)], label: 'one scale a tensor' };
  if (down === rows && across === 1)
    return { block: [1, Math.max(columns, 1)], label: 'a scale for each row' };
  if (down === rows && across > 0 && columns > 0 && columns % across === 0)
    return labelled([1, columns / across]);
  const [usual] = fitting([USUAL]);
  return usual ? labelled(usual) : null;
}

function labelled(block: Block): Grid {
  const [high, wide] = block;
  const label = high > 1 ? `a scale for each block of ${high} × ${wide}` : `a scale for each ${wide} columns`;
  return { block, label };
}
