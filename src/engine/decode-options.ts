/** What decoding is given: prompts with their rows, and how tokens are chosen. */
import type { Sequence } from './prefill.ts';
import type { Sampling } from './protocol/generation.ts';
import type { RowSpec } from './protocol/intervention.ts';
import type { CapturedKv } from './swap.ts';

/** A prompt and the rows that answer it. */
export interface PromptRows {
  readonly sequence: Sequence;
  /** Position of the first generated token, on all three rotary axes. */
  readonly nextPosition: number;
  readonly rows: readonly RowSpec[];
  readonly maxNewTokens: number;
  /** Rows a prefill may hold at once; more are prefilled in turn and decoded together. */
  readonly rowsPerPrefill: number;
  /** Rows whose keys and values may be held at once; more are answered in turn. Default: all. */
  readonly rowsPerBatch?: number;
}

export interface DecodeOptions {
  readonly sampling: Sampling;
  readonly sources: ReadonlyMap<string, CapturedKv>;
  readonly signal?: AbortSignal;
  /** After each batch's prompts. */
  readonly onPrefilled?: () => void;
  /** Rows are counted through all prompts. */
  readonly onToken?: (row: number, token: number) => void;
}
