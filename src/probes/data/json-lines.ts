import { NamedError } from '../../named-error.ts';
import { parsePythonJson } from './python-json.ts';

/** One object of a JSON-lines file, or one row of a table, and where it stands. */
export interface JsonLine {
  /** 1-based. */
  readonly line: number;
  /** What is counted: lines of text unless rows of a table. */
  readonly unit?: 'row';
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * Reads a JSON-lines file whole (sets are small); blank lines are passed over, also a byte order mark. Numbers that Python
 * writes as NaN or Infinity are null.
 *
 * @throws NamedError `BadJsonLine` with file and line.
 */
export async function readJsonLines(file: Blob, path: string): Promise<readonly JsonLine[]> {
  return jsonLinesOf((await file.text()).replace(/^\uFEFF/, ''), path);
}

/** The objects of a JSON-lines file's text. @throws NamedError `BadJsonLine` with file and line */
export function jsonLinesOf(whole: string, path: string): readonly JsonLine[] {
  return whole.split(/\r?\n/).flatMap((text, index) => {
    if (text.trim() === '') return [];
    const line = index + 1;
    return [{ line, value: parse(text, path, line) }];
  });
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

function parse(text: string, path: string, line: number): Readonly<Record<string, unknown>> {
  const fail = (what: string, cause?: unknown): NamedError =>
    new NamedError(
      'BadJsonLine',
      `line ${line} is ${what}`,
      { file: path },
      'one JSON object to a line',
      cause === undefined ? {} : { cause },
    );
  let value: unknown;
  try {
    value = parsePythonJson(text);
  } catch (cause) {
    throw fail('no JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail('no JSON object');
  return value as Readonly<Record<string, unknown>>;
}
