/** Token embeddings, read from the checkpoint file for the tokens at hand; the table never goes to the device. */
import { mapInFlight } from '../work/in-flight.ts';
import { NamedError } from '../named-error.ts';

/** Reads rows `[first, first + count)` of the table as float32. */
export type ReadRows = (first: number, count: number) => Promise<Float32Array>;

/** Tables up to this size are held; the 152 064 × 3584 table of the 7B model (2.2 GB in f32) is not. */
const HOLD_BELOW_BYTES = 64 * 2 ** 20;
/** Rows kept of a table that is not held: prompts and answers repeat their tokens. */
const ROWS_KEPT = 4096;

export class EmbeddingTable {
  readonly hiddenSize: number;
  readonly #vocabSize: number;
  readonly #readRows: ReadRows;
  /** In order of last use. */
  readonly #rows = new Map<number, Float32Array>();
  #whole: Promise<Float32Array> | null = null;

  constructor(vocabSize: number, hiddenSize: number, readRows: ReadRows) {
    this.hiddenSize = hiddenSize;
    this.#vocabSize = vocabSize;
    this.#readRows = readRows;
  }

  get vocabSize(): number {
    return this.#vocabSize;
  }

  /** Whether the whole table is small enough to be held. */
  get isHeld(): boolean {
    return this.#vocabSize * this.hiddenSize * Float32Array.BYTES_PER_ELEMENT <= HOLD_BELOW_BYTES;
  }

  /** All of it, `[vocabulary × hiddenSize]`; where `isHeld`. @throws NamedError those of reading. */
  whole(): Promise<Float32Array> {
    return this.#table();
  }

  /**
   * Embeddings `[tokens.length × hiddenSize]`.
   *
   * @throws NamedError `UnknownToken` for an id outside the vocabulary; those of reading.
   */
  async lookup(tokens: readonly number[]): Promise<Float32Array> {
    for (const token of tokens) this.#check(token);
    const size = this.hiddenSize;
    const out = new Float32Array(tokens.length * size);
    if (this.isHeld) {
      const table = await this.#table();
      tokens.forEach((token, index) =>
        out.set(table.subarray(token * size, (token + 1) * size), index * size),
      );
      return out;
    }
    // In hand before anything is awaited: another lookup may let rows go meanwhile.
    const rows = new Map([...new Set(tokens)].map((token) => [token, this.#rows.get(token)]));
    const missing = [...rows].filter(([, row]) => !row);
    await mapInFlight(missing, async ([token]) => rows.set(token, await this.#readRows(token, 1)));
    tokens.forEach((token, index) => out.set(rows.get(token) as Float32Array, index * size));
    for (const [token, row] of rows) this.#keep(token, row as Float32Array);
    return out;
  }

  #keep(token: number, row: Float32Array): void {
    this.#rows.delete(token);
    this.#rows.set(token, row);
    if (this.#rows.size > ROWS_KEPT) this.#rows.delete(this.#rows.keys().next().value as number);
  }

  /** A failed read is not held: the next lookup tries again. */
  #table(): Promise<Float32Array> {
    if (!this.#whole) {
      this.#whole = this.#readRows(0, this.#vocabSize);
      this.#whole.catch(() => (this.#whole = null));
    }
    return this.#whole;
  }

  #check(token: number): void {
    if (Number.isInteger(token) && token >= 0 && token < this.#vocabSize) return;
    throw new NamedError(
      'UnknownToken',
      `token ${token} was asked for, the vocabulary has 0 to ${this.#vocabSize - 1}`,
      { tensor: 'model.embed_tokens.weight' },
      'give token ids of this model',
    );
  }
}
