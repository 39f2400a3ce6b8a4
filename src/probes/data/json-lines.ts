import { NamedError } from '../../named-error.ts';

/** One object of a JSON-lines file, and where it stands. */
export interface JsonLine {
  /** 1-based. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * Reads a JSON-lines file whole (sets are small); blank lines are passed over, also a byte order mark.
 *
 * @throws NamedError `BadJsonLine` with file and line.
 */
export async function readJsonLines(file: Blob, path: string): Promise<readonly JsonLine[]> {
  const lines = (await file.text()).replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((text, index) => {
    if (text.trim() === '') return [];
    const line = index + 1;
    return [{ line, value: parse(text, path, line) }];
  });
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
    value = JSON.parse(text);
  } catch (cause) {
    throw fail('no JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail('no JSON object');
  return value as Readonly<Record<string, unknown>>;
}
