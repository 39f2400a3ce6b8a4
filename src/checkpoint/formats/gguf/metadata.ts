/** The keys and values in front of a GGUF file's tensors. */
import { NamedError } from '../../../named-error.ts';
import { overLimit } from '../../limits.ts';
import type { ByteWindow } from './byte-window.ts';

export type GgufScalar = number | boolean | string;
export type GgufValue = GgufScalar | readonly GgufScalar[];

/** A text of metadata: chat templates have 10 kB. */
const MAX_TEXT_BYTES = 2 ** 20;
const MAX_KEY_BYTES = 1024;
export const MAX_KEYS = 4096;
/** Of all lists together: tokens, their types and merges of Qwen3-VL are 455,000. */
const MAX_LIST_ITEMS = 1_000_000;

const TEXT = 8;
const LIST = 9;

/** Numbers by their type, with the bytes they take. */
const NUMBERS: ReadonlyMap<
  number,
  { readonly bytes: number; readonly read: (window: ByteWindow) => number }
> = new Map([
  [0, { bytes: 1, read: (window) => window.u8() }],
  [1, { bytes: 1, read: (window) => window.i8() }],
  [2, { bytes: 2, read: (window) => window.u16() }],
  [3, { bytes: 2, read: (window) => window.i16() }],
  [4, { bytes: 4, read: (window) => window.u32() }],
  [5, { bytes: 4, read: (window) => window.i32() }],
  [6, { bytes: 4, read: (window) => window.f32() }],
  [7, { bytes: 1, read: (window) => window.u8() }],
  [10, { bytes: 8, read: (window) => window.u64() }],
  [11, { bytes: 8, read: (window) => window.i64() }],
  [12, { bytes: 8, read: (window) => window.f64() }],
]);
const BOOLEAN = 7;
/** The type of `general.alignment`. */
export const U32 = 4;

/** Metadata that was read, and what its values say. */
export class GgufMetadata {
  readonly file: string;
  readonly values: ReadonlyMap<string, GgufValue>;

  constructor(file: string, values: ReadonlyMap<string, GgufValue>) {
    this.file = file;
    this.values = values;
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  /** An integer above 0. @throws NamedError `InvalidMetadata`, where it is missing without a fallback, too */
  count(key: string, fallback?: number): number {
    const found = this.values.get(key) ?? fallback;
    if (Number.isSafeInteger(found) && Number(found) > 0) return Number(found);
    throw this.wrong(key, 'an integer above 0');
  }

  /** A finite number. @throws NamedError `InvalidMetadata` */
  number(key: string): number {
    const found = this.values.get(key);
    if (typeof found === 'number' && Number.isFinite(found)) return found;
    throw this.wrong(key, 'a number');
  }

  /** A token's id; undefined where none is named. @throws NamedError `InvalidMetadata` */
  index(key: string): number | undefined {
    const found = this.values.get(key);
    if (found === undefined || (Number.isSafeInteger(found) && Number(found) >= 0)) return found as number;
    throw this.wrong(key, 'an integer from 0');
  }

  /** Undefined where it is missing. @throws NamedError `InvalidMetadata` */
  text(key: string): string | undefined {
    const found = this.values.get(key);
    if (found === undefined || typeof found === 'string') return found;
    throw this.wrong(key, 'a text');
  }

  numbers(key: string): readonly number[] | undefined {
    return this.#list(key, (item) => typeof item === 'number', 'a list of numbers');
  }

  texts(key: string): readonly string[] | undefined {
    return this.#list(key, (item) => typeof item === 'string', 'a list of texts');
  }

  booleans(key: string): readonly boolean[] | undefined {
    return this.#list(key, (item) => typeof item === 'boolean', 'a list of booleans');
  }

  #list<T extends GgufScalar>(
    key: string,
    accept: (item: GgufScalar) => item is T,
    wanted: string,
  ): readonly T[] | undefined {
    const found = this.values.get(key);
    if (found === undefined) return undefined;
    if (Array.isArray(found) && found.every(accept)) return found as readonly T[];
    throw this.wrong(key, wanted);
  }

  /** `InvalidMetadata` of a value. */
  wrong(key: string, wanted: string): NamedError {
    return invalid(
      this.file,
      key,
      this.values.has(key) ? `its value is not ${wanted}` : `it is missing (${wanted})`,
    );
  }
}

/** Reads what belongs to each key, and counts what lists hold. */
export class MetadataReader {
  readonly #window: ByteWindow;
  #items = 0;

  constructor(window: ByteWindow) {
    this.#window = window;
  }

  /** @throws NamedError `InvalidMetadata`, `DuplicateKey`, `OverLimit`, those of `ByteWindow` */
  async read(keys: number): Promise<{ metadata: GgufMetadata; types: ReadonlyMap<string, number> }> {
    const { file } = this.#window;
    const values = new Map<string, GgufValue>();
    const types = new Map<string, number>();
    for (let left = keys; left > 0; left -= 1) {
      const key = await readText(this.#window, MAX_KEY_BYTES, 'bytes of a key');
      if (values.has(key)) {
        throw new NamedError(
          'DuplicateKey',
          `the key ${JSON.stringify(key)} stands twice in the metadata`,
          { file },
          'it is unclear which of the two counts: convert the model again',
        );
      }
      await this.#window.need(4);
      const type = this.#window.u32();
      types.set(key, type);
      values.set(key, type === LIST ? await this.#list(key) : await this.#scalar(key, type));
    }
    return { metadata: new GgufMetadata(file, values), types };
  }

  async #list(key: string): Promise<readonly GgufScalar[]> {
    const window = this.#window;
    await window.need(12);
    const type = window.u32();
    const count = window.u64();
    if (type === LIST) throw invalid(window.file, key, 'it is a list of lists, which no model has');
    const bytes = type === TEXT ? 8 : this.#number(key, type).bytes;
    if (count * bytes > window.left) {
      throw invalid(
        window.file,
        key,
        `a list of ${count} takes ${count * bytes} bytes or more, the file has ${window.left} left`,
      );
    }
    this.#items += count;
    if (this.#items > MAX_LIST_ITEMS) {
      throw overLimit('items of the lists in the metadata', this.#items, MAX_LIST_ITEMS, {
        file: window.file,
        field: key,
      });
    }
    const items: GgufScalar[] = [];
    if (type === TEXT) {
      for (let left = count; left > 0; left -= 1) {
        if (!window.holds(8)) await window.need(8);
        const length = window.u64();
        if (!window.holds(length)) await this.#longText(length);
        items.push(window.text(length));
      }
      return items;
    }
    const { read } = this.#number(key, type);
    for (let left = count; left > 0; left -= 1) {
      if (!window.holds(bytes)) await window.need(bytes);
      items.push(type === BOOLEAN ? this.#boolean(key, read(window)) : read(window));
    }
    return items;
  }

  async #scalar(key: string, type: number): Promise<GgufScalar> {
    if (type === TEXT) return readText(this.#window, MAX_TEXT_BYTES, 'bytes of a text');
    const { bytes, read } = this.#number(key, type);
    await this.#window.need(bytes);
    return type === BOOLEAN ? this.#boolean(key, read(this.#window)) : read(this.#window);
  }

  #longText(length: number): Promise<void> {
    checkLength(this.#window, length, MAX_TEXT_BYTES, 'bytes of a text');
    return this.#window.need(length);
  }

  #number(key: string, type: number): { bytes: number; read: (window: ByteWindow) => number } {
    const found = NUMBERS.get(type);
    if (found) return found;
    throw invalid(this.#window.file, key, `its value is of type ${type}, which the format does not know`);
  }

  #boolean(key: string, value: number): boolean {
    if (value > 1) throw invalid(this.#window.file, key, `${value} is neither true (1) nor false (0)`);
    return value === 1;
  }
}

/** A length and as many bytes of UTF-8. @throws NamedError `OverLimit`, those of `ByteWindow` */
export async function readText(window: ByteWindow, limit: number, what: string): Promise<string> {
  await window.need(8);
  const length = window.u64();
  checkLength(window, length, limit, what);
  await window.need(length);
  return window.text(length);
}

function checkLength(window: ByteWindow, length: number, limit: number, what: string): void {
  if (length > limit) throw overLimit(what, length, limit, { file: window.file });
}

function invalid(file: string, field: string, what: string): NamedError {
  return new NamedError(
    'InvalidMetadata',
    what,
    { file, field },
    'the file is damaged, or was made by a program that went wrong: download it again, or convert the model again',
  );
}
