/** Takes JSON from elsewhere apart by a valibot schema, and says which of its fields is wrong when one is. */
import * as v from 'valibot';
import type { NamedError } from './named-error.ts';

/** Makes the error about what is wrong with a field (`edits.0.part`); of the whole, the field is undefined. */
export type Wrong = (what: string, field: string | undefined) => NamedError;

/** @throws what `wrong` makes of the first thing that is not as the schema wants it */
export function readShape<Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  wrong: Wrong,
): Output {
  const found = v.safeParse(schema, value, { abortEarly: true });
  if (found.success) return found.output;
  const [issue] = found.issues;
  throw wrong(issue.message, v.getDotPath(issue) ?? undefined);
}

/** The message of a schema: what is there, and what has to be. */
export function is(wanted: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `${shown(input)} is not ${wanted}`;
}

const MISSING = 'it is missing';

/** What an object is to JSON; valibot's own schemas take a list for one. */
const OBJECT = v.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  is('an object'),
);

/** An object with these fields; others are passed over. */
export function object<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(OBJECT, v.object(entries, MISSING));
}

/** An object with these fields and no others: a misspelt field would not be an error otherwise, but mean something else. */
export function exactly<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(OBJECT, strict(entries));
}

/** The fields of `exactly`, for `v.variant`. */
export function strict<const Entries extends v.ObjectEntries>(entries: Entries) {
  const others = `none of ${Object.keys(entries).join(', ')}`;
  return v.strictObject(entries, ({ expected }) => (expected === 'never' ? others : MISSING));
}

/** An object whose fields have any names, as it is. */
export function record<Value>(shape: v.GenericSchema<Value>) {
  return v.custom<Readonly<Record<string, Value>>>(
    (value) => v.is(OBJECT, value) && Object.values(value).every((field) => v.is(shape, field)),
    is('an object of such fields'),
  );
}

/** An object whose fields have any names, as a map: in objects, valibot passes over what is called `constructor`. */
export function byName<Value>(shape: v.GenericSchema<unknown, Value>) {
  return v.pipe(
    OBJECT,
    v.rawTransform(({ dataset: { value: input }, addIssue, NEVER }) => {
      const values = new Map<string, Value>();
      for (const [key, value] of Object.entries(input)) {
        const found = v.safeParse(shape, value, { abortEarly: true });
        if (!found.success) {
          const [{ message, path = [] }] = found.issues;
          addIssue({ message, path: [{ type: 'object', origin: 'value', input, key, value }, ...path] });
          return NEVER;
        }
        values.set(key, found.output);
      }
      return values as ReadonlyMap<string, Value>;
    }),
  );
}

/** A value as an error shows it. Long lists are told by their length: writing one out takes time, and nobody reads it. */
export function shown(value: unknown): string {
  if (Array.isArray(value) && value.length > 100) return `a list of ${value.length} items`;
  const text = written(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function written(value: unknown): string {
  // JSON has no infinite number, yet "1e999" is read as one.
  if (typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch {
    // The reader of JSON has no stack of its own, its writer has one that ends.
    return 'what nests too deep to be written out';
  }
}
