/** Rows of JSON: one object to a line, or one array of objects. */
import { nestsTooDeep } from '../../checkpoint/json-extent.ts';
import { MAX_JSON_DEPTH } from '../../checkpoint/limits.ts';
import { NamedError } from '../../named-error.ts';
import { isRecord } from './cell.ts';
import { eachPiece, type FilePiece, readBytes, type Reading, textStart } from './file-pieces.ts';
import { eachJsonLine, type JsonLine, parseLine } from './json-lines.ts';
import { parsePythonJson } from './python-json.ts';
import { RowIndex } from './row-index.ts';
import type { RowReader, RowVisit } from './row-reader.ts';
import { type RowBytes, rowsAt } from './rows-at.ts';
import { utf8Text } from './utf8.ts';

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_RECORD, CLOSE_RECORD] = [0x5b, 0x5d, 0x7b, 0x7d];
const HEAD_BYTES = 2 ** 12;

/** A JSON or JSONL list; both may begin with a byte order mark. */
export class JsonRows implements RowReader {
  readonly #file: Blob;
  readonly #path: string;
  #index = new RowIndex();
  #isArray = false;

  constructor(file: Blob, path: string) {
    this.#file = file;
    this.#path = path;
  }

  get count(): number {
    return this.#index.count;
  }

  /** @throws NamedError `BadJson`, `BadJsonLine`, `NotUtf8`, and those of `eachPiece` */
  async each(visit: RowVisit, reading: Reading = {}): Promise<void> {
    this.#index = new RowIndex();
    const from = await textStart(this.#file, this.#path);
    this.#isArray = await beginsArray(this.#file, this.#path, from);
    if (this.#isArray) return this.#eachElement(from, visit, reading);
    await eachJsonLine(
      this.#file,
      this.#path,
      (line, { start, length }) => {
        this.#index.add(start, length, line.line);
        return visit(line, this.#index.count - 1);
      },
      reading,
    );
  }

  at(indices: readonly number[], reading?: Pick<Reading, 'signal'>): Promise<readonly JsonLine[]> {
    const row = ({ bytes, offset, line }: RowBytes): JsonLine => {
      if (this.#isArray)
        return { line, unit: 'row', value: this.#element(bytes, offset, line) as JsonLine['value'] };
      const text = utf8Text(bytes, offset, () => `line ${line}`, this.#path);
      return { line, value: parseLine(text, this.#path, line) };
    };
    return rowsAt(this.#file, this.#path, this.#index, indices, row, reading);
  }

  async #eachElement(from: number, visit: RowVisit, reading: Reading): Promise<void> {
    const scan = new ArrayScan();
    let line = 0;
    let noObject: number | undefined;
    await eachPiece(
      this.#file,
      this.#path,
      from,
      async (piece) => {
        for (;;) {
          const found = scan.next(piece);
          if (found === 'more') return scan.used;
          if (found === 'wrong') throw this.#bad('the list is not JSON');
          const [start, end] = found;
          line += 1;
          const value = this.#element(piece.bytes.subarray(start, end), piece.offset + start, line);
          if (!isRecord(value)) {
            noObject ??= line;
            continue;
          }
          this.#index.add(piece.offset + start, end - start, line);
          const visited = visit({ line, unit: 'row', value }, this.#index.count - 1);
          if (visited) await visited;
        }
      },
      reading,
    );
    if (!scan.hasEnded) throw this.#bad('the list is not JSON');
    if (noObject !== undefined) throw this.#bad(`row ${noObject} is not an object`);
  }

  #element(bytes: Uint8Array, offset: number, line: number): unknown {
    const text = utf8Text(bytes, offset, () => `row ${line}`, this.#path);
    if (nestsTooDeep(text)) {
      throw this.#bad(`row ${line} has more than ${MAX_JSON_DEPTH} objects and lists within one another`);
    }
    try {
      return parsePythonJson(text);
    } catch (cause) {
      throw this.#bad('the list is not JSON', cause);
    }
  }

  #bad(what: string, cause?: unknown): NamedError {
    return new NamedError(
      'BadJson',
      what,
      { file: this.#path },
      'give an array of objects, or one object to a line',
      cause === undefined ? {} : { cause },
    );
  }
}

/** Finds the elements of a JSON array, piece by piece; what they hold is the parser's business. */
class ArrayScan {
  /** Bytes of the piece that are done. */
  used = 0;
  #piece: FilePiece | undefined;
  #expected: 'array' | 'first' | 'element' | 'separator' | 'nothing' = 'array';

  get hasEnded(): boolean {
    return this.#expected === 'nothing';
  }

  /** Where the next element stands in the piece; `more` where the piece ends before it, `wrong` where none can stand. */
  next(piece: FilePiece): readonly [number, number] | 'more' | 'wrong' {
    if (piece !== this.#piece) this.used = 0;
    this.#piece = piece;
    const { bytes, isLast } = piece;
    for (;;) {
      while (isSpace(bytes[this.used])) this.used += 1;
      const byte = bytes[this.used];
      if (byte === undefined) return 'more';
      if (this.#expected === 'nothing') return 'wrong';
      if (this.#expected === 'array') this.#expected = 'first';
      else if (byte === CLOSE_LIST && this.#expected !== 'element') this.#expected = 'nothing';
      else if (this.#expected === 'separator') {
        if (byte !== COMMA) return 'wrong';
        this.#expected = 'element';
      } else {
        const end = elementEnd(bytes, this.used);
        if (end < 0) return isLast ? 'wrong' : 'more';
        const start = this.used;
        this.used = end;
        this.#expected = 'separator';
        return [start, end];
      }
      this.used += 1;
    }
  }
}

/** Where the element that begins at `at` ends: before a comma or bracket of the list's own; −1 where it does not. */
function elementEnd(bytes: Uint8Array, at: number): number {
  let depth = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at += 1; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at += 1;
    } else if (byte === OPEN_LIST || byte === OPEN_RECORD) depth += 1;
    else if (depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) return at;
    else if ((byte === CLOSE_LIST || byte === CLOSE_RECORD) && --depth < 0) return at + 1;
  }
  return -1;
}

async function beginsArray(file: Blob, path: string, from: number): Promise<boolean> {
  for (let at = from; at < file.size; at += HEAD_BYTES) {
    const bytes = await readBytes(file, at, Math.min(file.size, at + HEAD_BYTES), path);
    const first = bytes.find((byte) => !isSpace(byte));
    if (first !== undefined) return first === OPEN_LIST;
  }
  return false;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
