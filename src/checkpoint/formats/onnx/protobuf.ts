/** Reads protobuf messages in place: fields are found by their lengths, and what nobody asks for is never read. */
import type { ByteSource } from '../../byte-source.ts';
import { readRange } from '../../byte-source.ts';
import { overLimit } from '../../limits.ts';
import { NamedError } from '../../../named-error.ts';

/** How a field's value is stored; the group types of old are refused. */
export const VARINT = 0;
export const EIGHT_BYTES = 1;
export const DELIMITED = 2;
export const FOUR_BYTES = 5;

/** A field and the absolute bytes `[start, end)` of its value in the file, without tag and length. */
export interface Field {
  readonly number: number;
  readonly wire: number;
  readonly start: number;
  readonly end: number;
}

/** A published graph of 3B parameters has some 200,000. */
const MAX_FIELDS = 4_000_000;
/** Graphs in nodes in graphs: two levels of branches make 11. */
const MAX_DEPTH = 32;
/** A tag and a length at their longest. */
const HEAD_BYTES = 20;
const FIRST_WINDOW = 4096;
const LARGEST_WINDOW = 2 ** 20;

const REMEDY = 'the file is damaged or is no ONNX model: download it again';

export class MessageReader {
  readonly file: string;
  readonly #source: ByteSource;
  #window: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #from = 0;
  #ahead = FIRST_WINDOW;
  #fields = 0;

  constructor(source: ByteSource, file: string) {
    this.#source = source;
    this.file = file;
  }

  /**
   * Calls `visit` with every field of the message that lies in `[start, end)`, in order.
   *
   * @throws NamedError `InvalidOnnx` for lengths beyond the message, unknown wire types and messages nested too deep; `OverLimit`
   */
  async walk(
    { start, end }: Pick<Field, 'start' | 'end'>,
    depth: number,
    visit: (field: Field) => Promise<void> | void,
  ): Promise<void> {
    if (depth > MAX_DEPTH) throw this.damaged(start, 'messages are nested too deep');
    for (let at = start; at < end;) {
      this.#fields += 1;
      if (this.#fields > MAX_FIELDS) {
        throw overLimit('fields of the graph', `more than ${MAX_FIELDS}`, MAX_FIELDS, { file: this.file });
      }
      if (!this.#holds(at, Math.min(end, at + HEAD_BYTES)))
        await this.#fill(at, Math.min(end, at + HEAD_BYTES));
      const field = this.#fieldAt(at, end);
      const pending = visit(field);
      if (pending) await pending;
      at = field.end;
    }
  }

  /** The bytes of a value; for what is known to be small. */
  async bytes({ start, end }: Pick<Field, 'start' | 'end'>): Promise<Uint8Array<ArrayBuffer>> {
    if (!this.#holds(start, end)) await this.#fill(start, end);
    return this.#window.subarray(start - this.#from, end - this.#from);
  }

  /** A string field. @throws NamedError `OverLimit` for more bytes than `limit` */
  async text(field: Field, limit: number): Promise<string> {
    const length = field.end - field.start;
    if (length > limit) throw overLimit('bytes of a name', length, limit, { file: this.file });
    return UTF8.decode(await this.bytes(field));
  }

  /** The value of a varint field, as a signed 64-bit integer. @throws NamedError `InvalidOnnx` for more than 2^53 */
  async integer(field: Field): Promise<number> {
    if (field.wire !== VARINT) throw this.damaged(field.start, 'a number is stored as something else');
    return this.#integers(await this.bytes(field), field.start)[0] ?? 0;
  }

  /** Those of a repeated field: one, or packed several. */
  async integers(field: Field, limit: number): Promise<readonly number[]> {
    if (field.wire === VARINT) return [await this.integer(field)];
    const length = field.end - field.start;
    // Ten bytes are the longest varint.
    if (length > 10 * limit) throw overLimit('bytes of a list', length, 10 * limit, { file: this.file });
    if (field.wire !== DELIMITED)
      throw this.damaged(field.start, 'a list of numbers is stored as something else');
    return this.#integers(await this.bytes(field), field.start);
  }

  damaged(at: number, what: string): NamedError {
    return new NamedError('InvalidOnnx', `at byte ${at}, ${what}`, { file: this.file }, REMEDY);
  }

  #integers(bytes: Uint8Array, start: number): number[] {
    const values: number[] = [];
    for (let at = 0; at < bytes.length;) {
      const value = varintAt(bytes, at);
      if (value === null) throw this.damaged(start + at, 'a number has no end');
      const number = Number(BigInt.asIntN(64, value.value));
      if (!Number.isSafeInteger(number)) throw this.damaged(start + at, 'a number is beyond 2^53');
      values.push(number);
      at = value.end;
    }
    return values;
  }

  #fieldAt(at: number, end: number): Field {
    const from = this.#from;
    const tag = smallVarintAt(this.#window, at - from);
    if (tag === null) throw this.damaged(at, 'the tag of a field has no end');
    const wire = tag.value % 8;
    const number = Math.floor(tag.value / 8);
    if (number === 0) throw this.damaged(at, 'a field has the number 0');
    let start = from + tag.end;
    let stop: number;
    if (wire === VARINT) {
      const value = varintAt(this.#window, tag.end);
      if (value === null) throw this.damaged(at, 'a number has no end');
      stop = from + value.end;
    } else if (wire === DELIMITED) {
      const length = smallVarintAt(this.#window, tag.end);
      if (length === null) throw this.damaged(at, 'the length of a field has no end');
      start = from + length.end;
      stop = start + length.value;
    } else if (wire === EIGHT_BYTES || wire === FOUR_BYTES) {
      stop = start + (wire === EIGHT_BYTES ? 8 : 4);
    } else {
      throw this.damaged(at, `a field is of wire type ${wire}`);
    }
    if (start > end || stop > end)
      throw this.damaged(at, `a field ends at ${stop}, beyond its message's end ${end}`);
    return { number, wire, start, end: stop };
  }

  #holds(start: number, end: number): boolean {
    return start >= this.#from && end <= this.#from + this.#window.length;
  }

  /** Reads on; further ahead the longer nothing was skipped. */
  async #fill(start: number, end: number): Promise<void> {
    const gap = start - (this.#from + this.#window.length);
    this.#ahead = gap <= 0 && gap >= -HEAD_BYTES ? Math.min(2 * this.#ahead, LARGEST_WINDOW) : FIRST_WINDOW;
    const until = Math.min(this.#source.size, Math.max(end, start + this.#ahead));
    this.#window = await readRange(this.#source, start, until, { file: this.file });
    this.#from = start;
  }
}

const UTF8 = new TextDecoder();

function varintAt(bytes: Uint8Array, at: number): { value: bigint; end: number } | null {
  const small = smallVarintAt(bytes, at);
  if (small) return { value: BigInt(small.value), end: small.end };
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return null;
    value |= BigInt(byte & 127) << BigInt(7 * index);
    if (byte < 128) return { value, end: at + index + 1 };
  }
  return null;
}

/** Of up to seven bytes, which hold 49 bits: no file is longer. */
function smallVarintAt(bytes: Uint8Array, at: number): { value: number; end: number } | null {
  let value = 0;
  for (let index = 0; index < 7; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return null;
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return { value, end: at + index + 1 };
  }
  return null;
}
