import type { Subject } from '../subject.ts';
import type { Device, WeightDtype } from './device.ts';
import type { RowSpec } from './intervention.ts';
import type { PromptSpec } from './prompt.ts';

export interface Sampling {
  /** 0 is greedy (ties: lowest token id). */
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  /**
   * Above 1, tokens of the prompt and of the answer so far are made less likely (`penalizeRepeated`); default 1: none. Published
   * folders ask for one in generation_config.json, and `generate` of transformers applies it, to greedy answers too.
   */
  readonly repetitionPenalty?: number;
  readonly seed: number;
}

export interface GenerateRequest extends PromptSpec {
  /** Names this piece of work for `cancel`. */
  readonly job: string;
  readonly subject: Subject;
  readonly maxNewTokens: number;
  readonly sampling?: Sampling;
  /** Default: one baseline row. */
  readonly rows?: readonly RowSpec[];
  /** Answers at most this many rows at once; default, and most: as many as memory is estimated to hold. */
  readonly rowsPerBatch?: number;
  /** Also return each token's own piece of the text. */
  readonly pieces?: boolean;
}

export type GenerateEvent =
  | {
      readonly type: 'prompt';
      readonly promptTokens: number;
      readonly imageTokens: number;
      readonly seconds: { readonly vision: number; readonly prefill: number };
    }
  | { readonly type: 'token'; readonly row: number; readonly token: number; readonly text: string };

export type StopReason = 'end' | 'length' | 'image-token' | 'cancelled';

export interface GeneratedRow {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly stop: StopReason;
  /** Of a swapped row: how many tokens its source had. Another number than were replaced was resampled. */
  readonly sourceTokens?: number;
  /** What each token added to the text; bytes of an unfinished character wait for the token that finishes it. */
  readonly pieces?: readonly string[];
}

/** What was answered to one prompt. */
export interface PromptAnswers {
  readonly rows: readonly GeneratedRow[];
  readonly promptTokens: number;
  readonly imageTokens: number;
  /** `[start, count]` of each image's tokens in the prompt. */
  readonly imageSpans: readonly (readonly [start: number, count: number])[];
}

export interface GenerateResult extends PromptAnswers {
  readonly device: Device;
  readonly dtype: WeightDtype;
  readonly seconds: { readonly vision: number; readonly prefill: number; readonly decode: number };
}

/** Several prompts, answered by one subject; their rows share batches. */
export interface GenerateAllRequest extends Omit<GenerateRequest, keyof PromptSpec | 'rows' | 'pieces'> {
  readonly prompts: readonly (PromptSpec & Pick<GenerateRequest, 'rows'>)[];
  /** Who is asked after this, in order, as far as it is known: where models take turns, what they need soonest is kept. */
  readonly later?: readonly Subject[];
  /**
   * Who is asked the same prompts before and after this. Where weights are compiled into graphs and all of them are held at once, layers that several have
   * in common from the first on, with the same embeddings, are read once; what is answered is the same.
   */
  readonly alongside?: readonly Subject[];
}
