/** Rows of a batch that answer together: who said what, who is finished, and when the batch is copied without those. */
import { copyPays } from '../graph/decode-loop.ts';
import type { SpecialTokens } from '../vlm/config.ts';
import type { StopReason } from './protocol/generation.ts';

export interface DecodedRow {
  readonly tokens: number[];
  stop: StopReason;
}

/** A batch between two steps. */
export interface StepBatch {
  /** What each row said last. */
  readonly tokens: readonly number[];
  /** Of each row: whether it goes no further, and how many more tokens it may say. */
  readonly finished: readonly boolean[];
  readonly left: readonly number[];
  /** Finished rows computed since the batch was last copied, one for each step. */
  readonly wasted: number;
}

export class AnsweringRows {
  readonly answers: readonly DecodedRow[];
  readonly #most: readonly number[];
  readonly #ends: SpecialTokens;
  readonly #finished = new Set<number>();
  #batch: readonly number[];
  #said: readonly number[] = [];
  #wasted = 0;

  /** @param most tokens of each row's answer */
  constructor(most: readonly number[], ends: SpecialTokens) {
    this.#most = most;
    this.#ends = ends;
    this.answers = most.map(() => ({ tokens: [], stop: 'length' }));
    this.#batch = [...most.keys()];
  }

  /** The rows that are in the batch, finished or not. */
  get batch(): readonly number[] {
    return this.#batch;
  }

  /** Entries of the batch that go on. */
  get going(): readonly number[] {
    return [...this.#batch.keys()].filter((at) => !this.#finished.has(this.#batch[at] as number));
  }

  /** What the next step goes on from. */
  get state(): StepBatch {
    return {
      tokens: this.#said,
      finished: this.#batch.map((row) => this.#finished.has(row)),
      left: this.#batch.map((row) => (this.#most[row] as number) - this.#answer(row).tokens.length),
      wasted: this.#wasted,
    };
  }

  /** Takes the next token of each entry of the batch; `onToken` is told those of rows that go on. */
  take(tokens: readonly number[], onToken?: (row: number, token: number) => void): void {
    this.#said = tokens;
    for (const at of this.going) {
      const [row, token] = [this.#batch[at], tokens[at]] as [number, number];
      const answer = this.#answer(row);
      answer.tokens.push(token);
      onToken?.(row, token);
      const end = endOf(token, this.#ends);
      if (end) answer.stop = end;
      if (end || answer.tokens.length >= (this.#most[row] as number)) this.#finished.add(row);
    }
    this.#wasted += this.#batch.length - this.going.length;
  }

  /** The entries to go on with where the batch is now to be copied without the others; null where it is not. */
  leave(): readonly number[] | null {
    const { going } = this;
    if (!copyPays(this.#wasted, going.length)) return null;
    this.#wasted = 0;
    [this.#batch, this.#said] = [this.#batch, this.#said].map((list) =>
      going.map((at) => list[at] as number),
    ) as [number[], number[]];
    return going;
  }

  /** No row goes further. */
  cancel(): void {
    for (const at of this.going) this.#answer(this.#batch[at] as number).stop = 'cancelled';
  }

  #answer(row: number): DecodedRow {
    return this.answers[row] as DecodedRow;
  }
}

/** The tokens that end an answer: those of its end; and placeholders of images and videos, with which the model has left the text. */
export function endTokens({ eos, image, video }: SpecialTokens): readonly number[] {
  return [...eos, image, video];
}

function endOf(token: number, tokens: SpecialTokens): StopReason | null {
  if (tokens.eos.includes(token)) return 'end';
  return token === tokens.image || token === tokens.video ? 'image-token' : null;
}
