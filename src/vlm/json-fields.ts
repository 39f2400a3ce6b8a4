import { MAX_LIST_ITEMS } from '../checkpoint/limits.ts';
import { shown } from '../json-shape.ts';
import { NamedError } from '../named-error.ts';

/** Reads the fields of one JSON object of one file, and says which field is wrong when one is. */
export class JsonFields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #file: string;
  readonly #path: string;

  /**
   * `path` is the object's own place inside the file, empty at the root.
   * @throws InvalidConfig when `json` is no object.
   */
  constructor(json: unknown, file: string, path = '') {
    this.#file = file;
    this.#path = path;
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw this.#invalid(path, json, 'an object');
    }
    // Own keys only, so that a field called __proto__ is nothing special.
    this.#values = new Map(Object.entries(json));
  }

  #invalid(path: string, value: unknown, wanted: string): NamedError {
    return new NamedError(
      'InvalidConfig',
      value === undefined ? `a required field is missing (${wanted})` : `${shown(value)} is not ${wanted}`,
      { file: this.#file, ...(path === '' ? {} : { field: path }) },
      'Use the file that was published with the checkpoint.',
    );
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  /** An InvalidConfig error about field `name`, for rules that span several fields. */
  wrong(name: string, wanted: string): NamedError {
    return this.#invalid(this.#at(name), this.#values.get(name), wanted);
  }

  /** An UnsupportedConfig error about field `name`, whose value transformers knows and this app does not. */
  unsupported(name: string, what: string): NamedError {
    return new NamedError(
      'UnsupportedConfig',
      what,
      { file: this.#file, field: this.#at(name) },
      'Open a checkpoint without this variant.',
    );
  }

  /** Whether null is written, which to some fields is another thing than being left out. */
  isNull(name: string): boolean {
    return this.#values.get(name) === null;
  }

  /** @throws InvalidConfig when one of these fields is written as null. */
  refuseNull(names: readonly string[]): void {
    for (const name of names) if (this.isNull(name)) throw this.wrong(name, 'a value');
  }

  /** The names of the object's fields, in the file's order. */
  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** JSON null counts as absent: transformers writes it for unset fields. */
  raw(name: string): unknown {
    return this.#values.get(name) ?? undefined;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  object(name: string, fallback?: object): JsonFields {
    return new JsonFields(this.raw(name) ?? fallback, this.#file, this.#at(name));
  }

  #read<T>(name: string, accept: (value: unknown) => value is T, wanted: string, fallback: T | undefined): T {
    const value = this.raw(name);
    if (value === undefined && fallback !== undefined) return fallback;
    if (!accept(value)) throw this.#invalid(this.#at(name), value, wanted);
    return value;
  }

  boolean(name: string, fallback?: boolean): boolean {
    return this.#read(name, (value) => typeof value === 'boolean', 'true or false', fallback);
  }

  string(name: string, fallback?: string): string {
    return this.#read(name, (value) => typeof value === 'string', 'a string', fallback);
  }

  positive(name: string, fallback?: number): number {
    return this.#read(name, isPositive, 'a number above 0', fallback);
  }

  positiveInteger(name: string, fallback?: number): number {
    return this.#read(name, isPositiveInteger, 'an integer above 0', fallback);
  }

  /** An index or token id: 0, 1, 2, … */
  index(name: string, fallback?: number): number {
    return this.#read(name, isIndex, 'an integer from 0', fallback);
  }

  indices(name: string, fallback?: readonly number[]): readonly number[] {
    const accept = (value: unknown): value is readonly number[] =>
      Array.isArray(value) && value.length <= MAX_LIST_ITEMS && value.every(isIndex);
    return this.#read(name, accept, `a list of integers from 0, ${MAX_LIST_ITEMS} at most`, fallback);
  }

  numbers(name: string, length: number, fallback?: readonly number[]): readonly number[] {
    const accept = (value: unknown): value is readonly number[] =>
      Array.isArray(value) && value.length === length && value.every(Number.isFinite);
    return this.#read(name, accept, `a list of ${length} numbers`, fallback);
  }
}

const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isPositiveInteger = (value: unknown): value is number => isIndex(value) && value > 0;
