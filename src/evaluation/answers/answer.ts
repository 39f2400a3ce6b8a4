import type { StopReason } from '../../engine/protocol.ts';

/** What a model answered; right or wrong is decided later, from this. Filed under its ask's key. */
export interface Answer {
  readonly text: string;
  /** Tokens, the one that ended the answer among them. */
  readonly tokens: number;
  readonly stop: Exclude<StopReason, 'cancelled'>;
  readonly promptTokens: number;
  readonly imageTokens: number;
}
