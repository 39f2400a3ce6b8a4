import { nestsTooDeep } from '../../checkpoint/json-extent.ts';
import { MAX_JSON_DEPTH } from '../../checkpoint/limits.ts';
import { NamedError } from '../../named-error.ts';
import { eachPiece, type Reading, textStart } from './file-pieces.ts';
import { parsePythonJson } from './python-json.ts';
import { utf8Text } from './utf8.ts';

/** One object of a JSON-lines file, or one row of a table, and where it stands. */
export interface JsonLine {
  /** 1-based. */
  readonly line: number;
  /** What is counted: lines of text unless rows of a table. */
  readonly unit?: 'row';
  readonly value: Readonly<Record<string, unknown>>;
}

/** Where a line's text stands in its file, its line end not counted. */
export interface LinePlace {
  readonly start: number;
  /** Bytes. */
  readonly length: number;
}

/**
 * Goes through a JSON-lines file piece by piece, whatever its size; blank lines are passed over, also a byte order mark. Lines end as
 * in Python: at `\n`, `\r\n` or `\r`.
 * Numbers that Python writes as NaN or Infinity are null.
 *
 * @throws NamedError `BadJsonLine` with file and line, `NotUtf8` with the byte; those of `eachPiece`
 */
export async function eachJsonLine(
  file: Blob,
  path: string,
  visit: (line: JsonLine, place: LinePlace) => void | Promise<void>,
  reading: Reading = {},
): Promise<void> {
  let line = 0;
  const from = await textStart(file, path);
  await eachPiece(
    file,
    path,
    from,
    async ({ bytes, offset, isLast }) => {
      const ends = new LineEnds(bytes);
      const end = isLast ? bytes.length : ends.last;
      const texts = linesOf(bytes.subarray(0, end));
      for (let [at, index] = [0, 0]; at < end; index++) {
        const [stop, next] = ends.after(at, end);
        line += 1;
        const text =
          texts?.[index] ?? utf8Text(bytes.subarray(at, stop), offset + at, () => `line ${line}`, path);
        if (text.trim() !== '') {
          const place = { start: offset + at, length: stop - at };
          const visited = visit({ line, value: parseLine(text, path, line) }, place);
          if (visited) await visited;
        }
        at = next;
      }
      return end;
    },
    reading,
  );
}

/**
 * The objects of a JSON-lines file that is small: a committed set.
 *
 * @throws NamedError those of `eachJsonLine`
 */
export async function readJsonLines(file: Blob, path: string): Promise<readonly JsonLine[]> {
  const lines: JsonLine[] = [];
  await eachJsonLine(file, path, (line) => void lines.push(line));
  return lines;
}

/** "line 3", or "row 3" of a table. */
export function lineName({ line, unit }: Pick<JsonLine, 'line' | 'unit'>): string {
  return `${unit ?? 'line'} ${line}`;
}

/** A text field of a line. @throws NamedError `MissingField`. */
export function textField({ value, line }: JsonLine, path: string, ...names: readonly string[]): string {
  for (const name of names) {
    const found = value[name];
    if (typeof found === 'string') return found;
    if (typeof found === 'number') return String(found);
  }
  throw new NamedError(
    'MissingField',
    `line ${line} has no text in ${names.join(' or ')}`,
    { file: path, field: names[0] ?? '' },
    'add it, or leave the line out',
  );
}

/** One line's object. @throws NamedError `BadJsonLine` */
export function parseLine(text: string, path: string, line: number): Readonly<Record<string, unknown>> {
  const fail = (what: string, cause?: unknown): NamedError =>
    new NamedError(
      'BadJsonLine',
      `line ${line} is ${what}`,
      { file: path },
      'one JSON object to a line',
      cause === undefined ? {} : { cause },
    );
  if (nestsTooDeep(text))
    throw fail(`JSON of more than ${MAX_JSON_DEPTH} objects and lists within one another`);
  let value: unknown;
  try {
    value = parsePythonJson(text);
  } catch (cause) {
    throw fail('not JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail('not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

const [LF, CR] = [0x0a, 0x0d];

/** Where the lines of a piece end: at a line feed, a carriage return, or both, as Python's text files do. */
class LineEnds {
  readonly #bytes: Uint8Array;
  #lineFeed = -1;
  #carriageReturn = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Behind the last end in the piece; a return at its very end may have its line feed in the next. */
  get last(): number {
    return Math.max(this.#bytes.lastIndexOf(LF), this.#bytes.lastIndexOf(CR, -2)) + 1;
  }

  /** Where the line that begins at `at` ends, and where the next begins; neither is behind `end`. */
  after(at: number, end: number): readonly [stop: number, next: number] {
    this.#lineFeed = this.#find(LF, this.#lineFeed, at);
    this.#carriageReturn = this.#find(CR, this.#carriageReturn, at);
    const stop = Math.min(this.#lineFeed, this.#carriageReturn, end);
    const both = stop === this.#carriageReturn && this.#lineFeed === stop + 1;
    return [stop, Math.min(end, stop + (both ? 2 : 1))];
  }

  /** The next one from `at` on, looked for once: Infinity where there is none. */
  #find(byte: number, known: number, at: number): number {
    if (known >= at) return known;
    const found = this.#bytes.indexOf(byte, at);
    return found < 0 ? Infinity : found;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The texts of whole lines, decoded at once; undefined where some are no UTF-8, to be told line by line. */
function linesOf(bytes: Uint8Array): readonly string[] | undefined {
  try {
    return decoder.decode(bytes).split(/\r\n|\r|\n/);
  } catch {
    return undefined;
  }
}
