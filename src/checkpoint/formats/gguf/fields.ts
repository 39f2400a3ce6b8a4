import { NamedError } from '../../../named-error.ts';

/** Reads fields, and says which one is missing. */
export class Fields {
  readonly #json: Readonly<Record<string, unknown>>;
  readonly #file: string;

  constructor(json: Readonly<Record<string, unknown>>, file: string) {
    this.#json = json;
    this.#file = file;
  }

  value(name: string): unknown {
    return this.#json[name];
  }

  number(name: string): number {
    const value = this.#json[name];
    if (typeof value === 'number') return value;
    throw this.missing(name, 'a number');
  }

  numbers(name: string): readonly number[] {
    const value = this.#json[name];
    if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value as number[];
    throw this.missing(name, 'a list of numbers');
  }

  missing(name: string, what: string): NamedError {
    const place = { file: this.#file, field: name };
    return new NamedError(
      'MissingField',
      `${what} is wanted, which GGUF files state`,
      place,
      'add the field, as transformers has it by default',
    );
  }
}
