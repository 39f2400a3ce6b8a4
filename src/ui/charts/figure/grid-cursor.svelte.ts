/** Where one reads in a chart of rows and columns. */
export class GridCursor {
  row = $state<number | null>(null);
  column = $state<number | null>(null);
  readonly #rows: () => number;
  readonly #columns: () => number;

  constructor(rows: () => number, columns: () => number) {
    this.#rows = rows;
    this.#columns = columns;
  }

  get at(): { row: number; column: number } | null {
    return this.row === null || this.column === null ? null : { row: this.row, column: this.column };
  }

  point(row: number, column: number): void {
    this.row = Math.min(Math.max(row, 0), this.#rows() - 1);
    this.column = Math.min(Math.max(column, 0), this.#columns() - 1);
  }

  /** Moves by a key; false when the key means nothing here. */
  key(key: string): boolean {
    const { row, column } = this;
    if (key === 'Escape' && row !== null) {
      this.leave();
      return true;
    }
    const steps: Record<string, [number, number] | undefined> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      Home: [0, -this.#columns()],
      End: [0, this.#columns()],
    };
    const step = steps[key];
    if (!step || this.#rows() === 0) return false;
    if (row === null || column === null) this.point(0, 0);
    else this.point(row + step[0], column + step[1]);
    return true;
  }

  leave(): void {
    this.row = null;
    this.column = null;
  }
}
