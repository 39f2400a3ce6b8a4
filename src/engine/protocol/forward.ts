import type { Subject } from '../subject.ts';
import type { RowSpec } from './intervention.ts';
import type { PromptSpec } from './prompt.ts';

/** What to bring back from one forward pass (no generation). Positions index the expanded prompt. */
export interface CaptureSpec {
  /** After the embedding and after each layer, with what DeepStack adds there, before the final norm. */
  readonly hidden?: 'last' | 'all';
  /** Attention onto `keys` from each of `queries`, per layer and head: their sum, or `perKey` each by itself. */
  readonly attention?: {
    readonly keys: readonly number[];
    readonly queries: readonly number[];
    readonly perKey?: boolean;
  };
  /**
   * What the final norm and the head make of the last position's hidden state after each layer (logit lens), and `topk` of the
   * likeliest tokens; default 1.
   */
  readonly lens?: { readonly tokens: readonly number[]; readonly topk?: number };
  readonly visionEmbeddings?: boolean;
}

export interface ForwardRequest extends PromptSpec {
  readonly job: string;
  readonly subject: Subject;
  readonly rows?: readonly RowSpec[];
  /** Token ids appended to the prompt (a fixed response, teacher-forced). */
  readonly continuation?: readonly number[];
  readonly capture?: CaptureSpec;
}

export interface LikelyToken {
  readonly token: number;
  readonly text: string;
  readonly probability: number;
}

/** The next-token distribution that a hidden state has when it is read out as if it were the last one. */
export interface LensReading {
  /** The most likely token; on a tie the lowest id. */
  readonly top: LikelyToken;
  /** It and those after it, where more than one was asked for. */
  readonly topk?: readonly LikelyToken[];
  /** The tokens asked for, in order. Rank 1 is the most likely; of equal ones the lowest id comes first. */
  readonly asked: readonly { readonly token: number; readonly probability: number; readonly rank: number }[];
}

export interface ForwardRow {
  /** `[vocabSize]`, last position. */
  readonly logits: Float32Array;
  /** `[L + 1][positions × hiddenSize]`. */
  readonly hidden?: readonly Float32Array[];
  /**
   * `[L][heads × queries]`: attention mass (sum over `keys`). Divide by the number of keys for the mean. With `perKey`
   * `[L][heads × queries × keys]`, each key's own.
   */
  readonly attentionMass?: readonly Float32Array[];
  /** `[L + 1]`: after the embedding and after each layer. */
  readonly lens?: readonly LensReading[];
}

export interface ForwardResult {
  readonly rows: readonly ForwardRow[];
  readonly promptTokenIds: readonly number[];
  /** `[start, count]` of each image's tokens. */
  readonly imageSpans: readonly (readonly [start: number, count: number])[];
  /** Rows and columns of each image's tokens. */
  readonly imageGrids: readonly (readonly [rows: number, columns: number])[];
  /** Per image `[tokens × outHiddenSize]`. */
  readonly visionEmbeddings?: readonly Float32Array[];
  readonly seconds: number;
}

/** A prompt whose keys and values are kept. */
export interface CapturedPrompt extends PromptSpec {
  /** What to keep of the expanded prompt; default: its image tokens. */
  readonly positions?: readonly number[];
}

export interface CaptureKvRequest extends CapturedPrompt {
  readonly job: string;
  readonly subject: Subject;
}

export interface CaptureAllKvRequest {
  readonly job: string;
  readonly subject: Subject;
  readonly prompts: readonly CapturedPrompt[];
}
