/** A generation that may be made again: decoding is deterministic, and what was reported once is not reported twice. */
import type { GenerateEvent, GenerateResult } from './protocol/generation.ts';

/** Of one row, what has been reported. */
interface Reported {
  readonly tokens: readonly number[];
  readonly text: string;
}

export class RepeatedGeneration {
  readonly #onEvent: (event: GenerateEvent) => void;
  readonly #rows = new Map<number, Reported>();
  #prompted = false;

  constructor(onEvent: (event: GenerateEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** What one attempt is to report to. */
  listener(): (event: GenerateEvent) => void {
    const seen = new Map<number, number>();
    return (event) => {
      if (event.type === 'prompt') {
        if (!this.#prompted) this.#onEvent(event);
        this.#prompted = true;
        return;
      }
      const { row, token, text } = event;
      const count = (seen.get(row) ?? 0) + 1;
      seen.set(row, count);
      const before = this.#rows.get(row) ?? { tokens: [], text: '' };
      if (count <= before.tokens.length) return;
      this.#rows.set(row, { tokens: [...before.tokens, token], text: before.text + text });
      this.#onEvent(event);
    };
  }

  /** The result of the last attempt. One that was cancelled may have got less far than before: what was reported stays. */
  complete(result: GenerateResult): GenerateResult {
    const rows = result.rows.map((row, index) => {
      const reported = this.#rows.get(index);
      return reported && reported.tokens.length > row.tokens.length ? { ...row, ...reported } : row;
    });
    return { ...result, rows };
  }
}
