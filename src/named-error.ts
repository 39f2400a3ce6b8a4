/** Where an error belongs: the file, tensor or field it speaks of. */
export interface ErrorPlace {
  file?: string;
  tensor?: string;
  field?: string;
}

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
    const where = [place.file, place.tensor, place.field].filter((part) => part !== undefined).join(' › ');
    super(
      [what, where, remedy]
        .filter((part) => part !== '')
        .join('; ')
        .replace(/\s+/g, ' '),
      options,
    );
    this.name = name;
    this.what = what;
    this.place = place;
    this.remedy = remedy;
  }
}
