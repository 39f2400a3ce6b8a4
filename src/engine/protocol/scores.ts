/** One answer read by several models, token by token (docs/method.md §14). */
import type { Subject } from '../subject.ts';
import type { RowSpec } from './intervention.ts';
import type { PromptSpec } from './prompt.ts';

/** Who reads the answer, and what is done to it; without `row` nothing. */
export interface AnswerReader {
  readonly subject: Subject;
  readonly row?: RowSpec;
}

/** Each reader is asked with its own chat template, and then given the answer. */
export interface ScoreRequest extends PromptSpec {
  readonly job: string;
  /** On one device, and of tokenizers in which no id means two things. */
  readonly readers: readonly [AnswerReader, ...AnswerReader[]];
  /** Token ids, or a text that the first reader's tokenizer cuts. The token that ends an answer is one like any other. */
  readonly answer: readonly number[] | string;
  /** How many of the likeliest tokens to name in each place; default: none. */
  readonly alternatives?: number;
  /** The divergences KL(p ‖ q) wanted; a reader is called by its index in `readers`. */
  readonly divergences?: readonly { readonly p: number; readonly q: number }[];
}

/** Readers that have read the answer, then tokens that all of them have scored. */
export interface ScoreProgress {
  readonly phase: 'reading' | 'scoring';
  readonly done: number;
  readonly total: number;
}

/** What a reader says in the place of one token of the answer. Logarithms are natural. */
export interface TokenScores {
  /** Of the answer's token. */
  readonly logprob: number;
  /** How many tokens have a greater logit: 0 is the reader's first choice. */
  readonly rank: number;
  /** Of the distribution over all rows of the head. */
  readonly entropy: number;
  /** The likeliest tokens, whether or not the answer's is among them; of equal ones the lower id is first. */
  readonly alternatives: readonly {
    readonly token: number;
    readonly text: string;
    readonly logprob: number;
  }[];
}

export interface ReaderScores {
  readonly promptTokens: number;
  readonly imageTokens: number;
  /** One for each token of the answer. */
  readonly scores: readonly TokenScores[];
}

export interface AnswerScores {
  /** Ids of the answer's tokens. */
  readonly tokens: readonly number[];
  /** What each added to the text, control tokens written out; bytes of an unfinished character wait for the token that finishes it. */
  readonly pieces: readonly string[];
  readonly readers: readonly ReaderScores[];
  /** `[divergences][tokens]`. */
  readonly divergences: readonly (readonly number[])[];
  readonly seconds: number;
}
