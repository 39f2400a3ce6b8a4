/** To which set each row of several lists belongs: some bytes a row. */
import type { ItemCounts } from './item-counts.ts';
import type { ItemSets } from './item-sets.ts';

export type ItemSet = keyof ItemSets;

export const ITEM_SETS = [
  ...['general', 'mathTargeted', 'textOnly', 'puzzles'],
] as const satisfies readonly ItemSet[] as readonly ItemSet[];

/** The set that a question belongs to. */
export function setOf(isVisual: boolean, category: string | undefined): ItemSet {
  if (!isVisual) return 'textOnly';
  if (category === 'general-vqa') return 'general';
  return category === 'math-targeted-vqa' ? 'mathTargeted' : 'puzzles';
}

const DESCRIBED = 0x80;

/** Rows are numbered through all lists. */
export class ItemRows {
  /** 1 + the set, and whether the row describes its image. */
  #marks = new Uint8Array(1024);
  #count = 0;
  #uncategorized = 0;
  /** By category of puzzles, its first row: rows are not always told in order. */
  readonly #categories = new Map<string, number>();

  add(row: number, set: ItemSet, category: string | undefined, isDescribed: boolean): void {
    while (row >= this.#marks.length) {
      const grown = new Uint8Array(this.#marks.length * 2);
      grown.set(this.#marks);
      this.#marks = grown;
    }
    this.#count = Math.max(this.#count, row + 1);
    this.#marks[row] = (1 + ITEM_SETS.indexOf(set)) | (isDescribed ? DESCRIBED : 0);
    if (set !== 'puzzles') return;
    if (category === undefined) this.#uncategorized += 1;
    else this.#categories.set(category, Math.min(row, this.#categories.get(category) ?? row));
  }

  /** The rows of a set, in order. */
  of(set: ItemSet): Uint32Array {
    const mark = 1 + ITEM_SETS.indexOf(set);
    const rows = new Uint32Array(this.#count);
    let found = 0;
    for (let row = 0; row < this.#count; row++) {
      if (((this.#marks[row] as number) & ~DESCRIBED) === mark) rows[found++] = row;
    }
    return rows.slice(0, found);
  }

  /** @param describes whether another file describes the row */
  counts(describes: (row: number) => boolean): ItemCounts {
    const [general, mathTargeted, textOnly] = (['general', 'mathTargeted', 'textOnly'] as const).map(
      (set) => this.of(set).length,
    );
    const puzzles = this.of('puzzles');
    const isDescribed = (row: number): boolean =>
      ((this.#marks[row] as number) & DESCRIBED) !== 0 || describes(row);
    const inOrder = [...this.#categories].sort(([, a], [, b]) => a - b);
    return {
      ...{ general: general ?? 0, mathTargeted: mathTargeted ?? 0, textOnly: textOnly ?? 0 },
      puzzles: puzzles.length,
      categories: inOrder.map(([category]) => category),
      uncategorized: this.#uncategorized,
      described: puzzles.reduce((sum, row) => sum + (isDescribed(row) ? 1 : 0), 0),
    };
  }
}
