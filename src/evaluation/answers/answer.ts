import type { StopReason } from '../../engine/protocol/generation.ts';

/** What a model answered; right or wrong is decided later, from this. Filed under its ask's key. */
export interface Answer {
  readonly text: string;
  /** Tokens, the one that ended the answer among them; unknown where a remote service does not count them. */
  readonly tokens?: number;
  /** `refused`: a remote service would not answer. */
  readonly stop: Exclude<StopReason, 'cancelled'> | 'refused';
  readonly promptTokens?: number;
  readonly imageTokens?: number;
}
