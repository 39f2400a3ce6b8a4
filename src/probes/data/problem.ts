/** A question with an answer, with or without an image. */
export interface Problem {
  readonly id: string;
  readonly question: string;
  /** The gold answer alone: GSM8K's reasoning before `####` is cut off. */
  readonly answer: string;
  readonly image?: Blob;
  readonly choices?: readonly string[];
  /** MATH's difficulty 1–5, where given. */
  readonly level?: number;
}
