import type { HeadlessRequest } from '../../scripts/page-api.d.ts';
import type { Shard } from '../analyses/shard.ts';

/**
 * A command's flags by their camel-case names. The shell has checked kinds, choices and what is required
 * (`scripts/commands/NAME.mjs`), and filled in defaults; here they get their types. Asking for a flag as
 * something else than the table says is a fault of the command, not of its user: TypeError.
 */
export class FlagReader {
  readonly #values: HeadlessRequest['flags'];

  constructor(values: HeadlessRequest['flags']) {
    this.#values = values;
  }

  /** The same flags with others in their place: an analysis of a study has its own. */
  with(values: HeadlessRequest['flags']): FlagReader {
    return new FlagReader({ ...this.#values, ...values });
  }

  /** A flag of kind `text`; undefined where it was not given. */
  text(name: string): string | undefined {
    return this.#optional(name, 'string');
  }

  /** A flag of kind `text` that is required or has a default. */
  requiredText(name: string): string {
    return this.#present(name, this.text(name));
  }

  /** A flag of kind `integer` or `number`; undefined where it was not given. */
  number(name: string): number | undefined {
    return this.#optional(name, 'number');
  }

  /** A flag of kind `integer` or `number` that is required or has a default. */
  requiredNumber(name: string): number {
    return this.#present(name, this.number(name));
  }

  switch(name: string): boolean {
    return this.#present(name, this.#optional<boolean>(name, 'boolean'));
  }

  /** A switch that not every command has: off where the command has none. */
  optionalSwitch(name: string): boolean {
    return this.#optional<boolean>(name, 'boolean') ?? false;
  }

  /** A flag of kind `choice`; `choices` are those of the table. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      throw new TypeError(`--${name} is "${value}", which is not one of ${choices.join(', ')}`);
    return found;
  }

  /** The values of a `text` flag that may be repeated, in order. */
  list(name: string): readonly string[] {
    const value = this.#values[name];
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw new TypeError(`--${name} is not a list`);
    return value;
  }

  /** `--shard i/n`, as `scripts/shard.mjs` has checked it; null where it was not given, or the command has none. */
  shard(): Shard | null {
    const [part = 0, count = 0] = this.text('shard')?.split('/').map(Number) ?? [];
    return count === 0 ? null : { index: part - 1, count };
  }

  #optional<T>(name: string, type: 'string' | 'number' | 'boolean'): T | undefined {
    const value = this.#values[name];
    if (value === undefined || typeof value === type) return value as T | undefined;
    throw new TypeError(`--${name} is not a ${type}`);
  }

  #present<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw new TypeError(`--${name} is not required and has no default`);
    return value;
  }
}
