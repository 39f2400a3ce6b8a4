import type { Pictured } from './picture.ts';

/** A question with an answer, with or without pictures. */
export interface Problem extends Pictured {
  readonly id: string;
  /** Its text, without markers of pictures. */
  readonly question: string;
  /** The gold answer alone: GSM8K's reasoning before `####` is cut off. */
  readonly answer: string;
  readonly choices?: readonly string[];
  /** MATH's difficulty 1–5, where given. */
  readonly level?: number;
}
