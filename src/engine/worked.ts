/** Counted since the engine began. */
export interface EngineWork {
  /** Positions of a layer, of every row that differs there. */
  readonly cells: number;
  /** Runs of a batch for one more token of each of its rows. */
  readonly steps: number;
}

/** What one plain answer takes on a device, in seconds: a position of a layer in a full prefill, and a decode step of one row. */
export interface PlainCost {
  readonly cell: number;
  readonly step: number;
}

/** What one engine worker has computed since it began. */
export interface WorkOfEngine extends EngineWork {
  /** Which: the same object whenever it is asked. */
  readonly engine: { plainCost(): Promise<PlainCost | null> };
  /** That it computes with; null on a GPU. */
  readonly threads: number | null;
}
