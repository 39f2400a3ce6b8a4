import { NamedError } from '../named-error.ts';
import { MAX_JSON_DEPTH as MAX_DEPTH, overLimit } from './limits.ts';

/** A parsed JSON value. Objects are Maps, so that a key called `__proto__` is a key like any other. */
export type JsonValue<Num = number> =
  null | boolean | Num | string | readonly JsonValue<Num>[] | JsonObject<Num>;
export type JsonObject<Num = number> = ReadonlyMap<string, JsonValue<Num>>;
/** What a number is read as, by its text; undefined: it is refused. */
export type ReadNumber<Num> = (digits: string) => Num | undefined;

/** The longest a double prints is 24 characters; the bound keeps the number pattern off megabytes of digits. */
const MAX_NUMBER_LENGTH = 64;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NUMBER_CHARACTERS = '+-.0123456789eE';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How much one list, one object and one key may hold; whoever goes beyond is refused there, not at the end. */
export interface JsonLimits {
  readonly listItems: number;
  readonly keys: number;
  readonly keyCharacters: number;
}

/**
 * Parses UTF-8 JSON (RFC 8259) more strictly than `JSON.parse`: no byte-order mark, no key twice in an object at
 * any level, no unpaired surrogates, nesting of at most 64. `file` is only for the error.
 *
 * @throws NamedError `NotUtf8`, `InvalidJson` (with the character position), `DuplicateKey` or, for what is over
 * `limits`, `OverLimit`.
 */
export function parseJson(bytes: Uint8Array, file: string, limits?: JsonLimits): JsonValue {
  return parseJsonWith(bytes, file, Number, limits);
}

/** As `parseJson`, with numbers read by `readNumber`, where their text matters. */
export function parseJsonWith<Num>(
  bytes: Uint8Array,
  file: string,
  readNumber: ReadNumber<Num>,
  limits?: JsonLimits,
): JsonValue<Num> {
  return new JsonReader(decodeUtf8(bytes, file), file, readNumber, limits).document();
}

export function isJsonObject<Num>(value: JsonValue<Num> | undefined): value is JsonObject<Num> {
  return value instanceof Map;
}

/** The same with plain objects, as schemas take it. */
export function plainJson(value: JsonValue): unknown {
  if (isJsonObject(value))
    return Object.fromEntries([...value].map(([name, field]) => [name, plainJson(field)]));
  return Array.isArray(value) ? value.map((item: JsonValue) => plainJson(item)) : value;
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new NamedError(
      'NotUtf8',
      `the ${bytes.length} bytes of JSON are not UTF-8`,
      { file },
      'the file is damaged: download or save it again',
      { cause },
    );
  }
}

class JsonReader<Num> {
  readonly #text: string;
  readonly #file: string;
  readonly #readNumber: ReadNumber<Num>;
  readonly #limits: JsonLimits;
  #at = 0;
  /** The object's key that is read, for errors about what it holds. */
  #key: string | undefined;

  constructor(text: string, file: string, readNumber: ReadNumber<Num>, limits?: JsonLimits) {
    this.#text = text;
    this.#file = file;
    this.#readNumber = readNumber;
    this.#limits = limits ?? { listItems: Infinity, keys: Infinity, keyCharacters: Infinity };
  }

  document(): JsonValue<Num> {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#invalid('nothing more');
    return value;
  }

  #value(depth: number): JsonValue<Num> {
    if (depth > MAX_DEPTH) throw this.#invalid(`nesting of at most ${MAX_DEPTH}`);
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    if (first === 't') return this.#literal('true', true);
    if (first === 'f') return this.#literal('false', false);
    if (first === 'n') return this.#literal('null', null);
    return this.#number();
  }

  #object(depth: number): JsonObject<Num> {
    const object = new Map<string, JsonValue<Num>>();
    this.#at += 1;
    if (this.#accept('}')) return object;
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') throw this.#invalid('a quoted key');
      const key = this.#string();
      this.#check('characters of a key', key.length, this.#limits.keyCharacters, key);
      this.#check('keys of one object', object.size + 1, this.#limits.keys, this.#key);
      if (object.has(key)) {
        throw new NamedError(
          'DuplicateKey',
          `the key ${JSON.stringify(key)} appears twice in one object`,
          { file: this.#file },
          'it is unclear which of the two counts: save the file again',
        );
      }
      this.#expect(':');
      if (depth === 0) this.#key = key;
      object.set(key, this.#value(depth + 1));
    } while (this.#accept(','));
    this.#expect('}');
    return object;
  }

  #array(depth: number): JsonValue<Num>[] {
    const array: JsonValue<Num>[] = [];
    this.#at += 1;
    if (this.#accept(']')) return array;
    do {
      this.#check('items of one list', array.length + 1, this.#limits.listItems, this.#key);
      array.push(this.#value(depth + 1));
    } while (this.#accept(','));
    this.#expect(']');
    return array;
  }

  #string(): string {
    const text = this.#text;
    const open = this.#at;
    let escaped = false;
    let at = open + 1;
    for (; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        escaped = true;
        at += 1;
      } else if (!(code >= 0x20)) {
        // NaN, past the end, lands here as well.
        this.#at = Math.min(at, text.length);
        throw this.#invalid('the end of a string');
      }
    }
    this.#at = at + 1;
    if (!escaped) return text.slice(open + 1, at);
    return this.#unescape(open, at + 1);
  }

  /** The few strings that hold escapes are left to the built-in parser, which knows them all. */
  #unescape(open: number, end: number): string {
    let value: unknown;
    try {
      value = JSON.parse(this.#text.slice(open, end));
    } catch {
      value = undefined;
    }
    if (typeof value === 'string' && value.isWellFormed()) return value;
    this.#at = open;
    throw this.#invalid('a string with valid escapes');
  }

  #number(): Num {
    const text = this.#text;
    const start = this.#at;
    let end = start;
    while (
      end < text.length &&
      end - start <= MAX_NUMBER_LENGTH &&
      NUMBER_CHARACTERS.includes(text.charAt(end))
    ) {
      end += 1;
    }
    const digits = text.slice(start, end);
    if (digits.length > MAX_NUMBER_LENGTH || !NUMBER.test(digits)) throw this.#invalid('a value');
    const value = this.#readNumber(digits);
    if (value === undefined) throw this.#invalid('a number of at most 1.8e308');
    this.#at = end;
    return value;
  }

  #literal<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#invalid('a value');
    this.#at += word.length;
    return value;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #accept(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw this.#invalid(JSON.stringify(character));
  }

  #check(what: string, found: number, limit: number, key: string | undefined): void {
    if (found <= limit) return;
    throw overLimit(what, `${found} or more`, limit, {
      file: this.#file,
      ...(key === undefined ? {} : { field: key }),
    });
  }

  #invalid(expected: string): NamedError {
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text.charAt(this.#at)) : 'the end';
    return new NamedError(
      'InvalidJson',
      `expected ${expected} at character ${this.#at} and found ${found}`,
      { file: this.#file },
      'the file is damaged: download or save it again',
    );
  }
}
