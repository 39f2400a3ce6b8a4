import type { NamedError } from '../../named-error.ts';

/** Names what is wrong with a field. */
export interface FieldErrors {
  invalid(what: string, field: string): NamedError;
}

/** An object of the file, read field by field. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #file: FieldErrors;

  constructor(value: unknown, file: FieldErrors, field: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw file.invalid('it is not an object', field);
    this.#values = value as Record<string, unknown>;
    this.#file = file;
  }

  names(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** `null` is as good as absent, as in mergekit. */
  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  object(name: string): Fields | null {
    return this.has(name) ? new Fields(this.value(name), this.#file, name) : null;
  }

  list(name: string): readonly Fields[] | null {
    const value = this.value(name);
    if (value === undefined) return null;
    if (!Array.isArray(value)) throw this.#file.invalid('it is not a list', name);
    return value.map((item: unknown) => new Fields(item, this.#file, name));
  }

  /** Half-open; one of no layers is allowed, as in mergekit. */
  range(name: string): readonly [number, number] {
    const value = this.value(name);
    const [start, end] = Array.isArray(value) ? (value as unknown[]) : [];
    if (Number.isInteger(start) && Number.isInteger(end) && Number(start) <= Number(end)) {
      return [Number(start), Number(end)];
    }
    throw this.#file.invalid('it is not a range [start, end] of layers', name);
  }
}
