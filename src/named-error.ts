/** Where an error belongs: the file, tensor or field it speaks of. */
export interface ErrorPlace {
  file?: string;
  tensor?: string;
  field?: string;
}

/** Longer parts are given by their beginning and end: a file may give anything for a name, megabytes included. */
const LONGEST_WHAT = 2000;
const LONGEST_PLACE = 300;

/**
 * An error a user can act on: a stable name, what is wrong (with the value and the limit), where, and what
 * to do about it. `message` is one line, "what, where, remedy", so that the headless command can print
 * `${name}: ${message}` and the page can show the parts apart.
 */
export class NamedError extends Error {
  readonly what: string;
  readonly place: ErrorPlace;
  readonly remedy: string;

  constructor(name: string, what: string, place: ErrorPlace, remedy: string, options?: ErrorOptions) {
    const shortWhat = shortened(what, LONGEST_WHAT);
    const at: ErrorPlace = {};
    for (const part of ['file', 'tensor', 'field'] as const) {
      if (place[part] !== undefined) at[part] = shortened(place[part], LONGEST_PLACE);
    }
    const where = [at.file, at.tensor, at.field].filter((part) => part !== undefined).join(' › ');
    super(
      [shortWhat, where, remedy]
        .filter((part) => part !== '')
        .join('; ')
        .replace(/\s+/g, ' '),
      options,
    );
    this.name = name;
    this.what = shortWhat;
    this.place = at;
    this.remedy = remedy;
  }
}

/** "the beginning … the end", with at most `limit` characters of the text. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}
