/** A file of a result: its path below the result's folder, with slashes, and its text. */
export interface ResultFile {
  readonly path: string;
  readonly text: string;
}

/** A value as a line of JSON. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** One object a line, each line ended. */
export function jsonLines(values: readonly object[]): string {
  return values.map(jsonText).join('');
}

/** A file that is one value. */
export function jsonFile(path: string, value: object): ResultFile {
  return { path, text: jsonText(value) };
}
