import { highlight } from '../../state/highlight.svelte.ts';
import type { GridRows } from './grid.ts';

/** Where one reads in a chart of layers and rows: the layer is shared with strip and charts, the row is its own. */
export class RowCursor {
  row = $state<number | null>(null);
  readonly #layers: () => readonly number[];
  readonly #rows: () => GridRows;

  constructor(layers: () => readonly number[], rows: () => GridRows) {
    this.#layers = layers;
    this.#rows = rows;
  }

  set(row: number): void {
    const { first, count } = this.#rows();
    this.row = Math.min(Math.max(row, first), first + count - 1);
  }

  /** Moves by a key; false when the key means nothing here. */
  key(key: string): boolean {
    const layers = this.#layers();
    const at = highlight.index === null ? -1 : layers.indexOf(highlight.index);
    const by: Record<string, [number, number] | undefined> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
      Home: [-layers.length, 0],
      End: [layers.length, 0],
    };
    const step = by[key];
    if (!step) {
      if (key !== 'Escape' || highlight.index === null) return false;
      this.leave();
      return true;
    }
    const from = at < 0 ? Math.max(0, layers.indexOf(1)) : at + step[0];
    highlight.index = layers[Math.min(Math.max(from, 0), layers.length - 1)] ?? null;
    this.set(this.row === null ? this.#rows().first : this.row + step[1]);
    return true;
  }

  leave(): void {
    highlight.index = null;
    this.row = null;
  }
}
