import type { GeneratedRow, StopReason } from '../engine/protocol/generation.ts';
import { cancelled } from '../work/cancel.ts';

/** What a model said, and how it came to an end. */
export interface FinishedAnswer {
  readonly text: string;
  /** Tokens, the one that ended the answer among them. */
  readonly tokens: number;
  readonly stop: StopReason;
}

/** @throws NamedError `Cancelled` for an answer that was cut off: it is no result. */
export function finishedAnswer(row: GeneratedRow | undefined): FinishedAnswer {
  if (!row || row.stop === 'cancelled') throw cancelled();
  return { text: row.text, tokens: row.tokens.length, stop: row.stop };
}
