/** What an engine had to compute: positions of layers read, and decode steps. */
import type { RowPlan } from './rows.ts';
import type { EngineWork } from './worked.ts';

export class WorkAccount implements EngineWork {
  #cells = 0;
  #steps = 0;

  get cells(): number {
    return this.#cells;
  }

  get steps(): number {
    return this.#steps;
  }

  /** @param cells a whole number, as `cellsOf` counts them */
  read(cells: number): void {
    this.#cells += cells;
  }

  said(steps: number): void {
    this.#steps += steps;
  }
}

/**
 * Cells of `length` positions that these rows read: at each layer, of the rows that differ by then, and of the plain run.
 *
 * @param layers of the LLM
 */
export function cellsOf(plan: Pick<RowPlan, 'active'>, layers: number, length: number): number {
  let slots = 0;
  for (let layer = 0; layer < layers; layer++) slots += plan.active(layer);
  return slots * length;
}

/** Counts the steps of batches by the tokens that come: the first of each row is of its prompt, and no step. */
export class StepCount {
  readonly #tokens = new Map<number, number>();
  #ended = 0;

  /** A batch's prompts are read: the one before it is over. */
  readonly begin = (): void => {
    this.#ended += this.#current;
    this.#tokens.clear();
  };

  readonly token = (row: number): void => {
    this.#tokens.set(row, (this.#tokens.get(row) ?? 0) + 1);
  };

  get steps(): number {
    return this.#ended + this.#current;
  }

  get #current(): number {
    return Math.max(0, ...[...this.#tokens.values()].map((tokens) => tokens - 1));
  }
}
