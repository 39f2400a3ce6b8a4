/** How long work speaks with whoever started it: every analysis takes these and knows nothing of journals or screens. */

export interface WorkProgress {
  /** What is being done, as a reader says it: "reading deltas", "answering". */
  readonly phase: string;
  /** Which of several it is done with, by its name: the model whose turn it is. */
  readonly of?: string;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'tensors' | 'samples' | 'answers' | 'engines';
}

/**
 * Options of resumable work whose results come one record at a time.
 *
 * Keys are unique within a piece of work and mean the same in a later run of it: a tensor's canonical name, a
 * sample's id.
 */
export interface LongWork<Record> {
  /** Ends the work with a NamedError `Cancelled`, in under 200 ms. */
  readonly signal?: AbortSignal;
  onProgress?(progress: WorkProgress): void;
  /** Told in a sentence what one should know of the run; no result depends on it. */
  onNotice?(notice: string): void;
  /** Records of an earlier run: taken over, not computed again. */
  readonly finished?: ReadonlyMap<string, Record>;
  /** Awaited before the next record is begun, so that what was told is also kept. */
  onRecord?(key: string, record: Record): void | Promise<void>;
}
