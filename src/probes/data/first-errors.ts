import { NamedError } from '../../named-error.ts';
import type { ColumnFacts } from './column-facts.ts';
import { UnreadPictures } from './row-pictures.ts';

/** What is checked of rows: all rows by one check come before the next. */
type Phase = 'choices' | 'pictures' | 'question';

/** Of each kind of check, what is wrong with the first row that fails it. */
export class FirstErrors {
  readonly #found = new Map<Phase, { readonly index: number; readonly error: NamedError | UnreadPictures }>();

  /** Whether a row failed it, before `index` where that is given. */
  has(phase: Phase, index = Infinity): boolean {
    return (this.#found.get(phase)?.index ?? Infinity) < index;
  }

  /** Does the check; keeps what it says is wrong. @throws what is no such error */
  async of(phase: Phase, index: number, check: () => unknown): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof NamedError) && !(error instanceof UnreadPictures)) throw error;
      this.#keep(phase, index, error, index < (this.#found.get(phase)?.index ?? Infinity));
    }
  }

  /** Keeps an error that comes before others of the same row. */
  earlier(phase: Phase, index: number, error: NamedError): void {
    this.#keep(phase, index, error, index <= (this.#found.get(phase)?.index ?? Infinity));
  }

  /** @throws NamedError what was found wrong first */
  throw(phase: Phase, facts: ColumnFacts): void {
    const error = this.#found.get(phase)?.error;
    if (error instanceof UnreadPictures)
      throw facts.unknown('UnreadPicture', error.what, error.at, error.remedy);
    if (error) throw error;
  }

  #keep(phase: Phase, index: number, error: NamedError | UnreadPictures, isFirst: boolean): void {
    if (isFirst) this.#found.set(phase, { index, error });
  }
}
