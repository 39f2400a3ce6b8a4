import { NamedError } from '../../named-error.ts';

/** Reads a reply's fields: JSON from elsewhere is of any shape. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, empty where it is none. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A count under `name`, as a field of its own; nothing where the service gave none. */
export function count<Name extends string>(name: Name, value: unknown): { readonly [key in Name]?: number } {
  const known = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return (known ? { [name]: value } : {}) as { readonly [key in Name]?: number };
}

/** What a service says of its error: `{error: {message, code, type}}` in both dialects. */
export function errorOf(json: unknown): { readonly message?: string; readonly code?: string } {
  const error = fields(json)['error'];
  const { message, code, type } = fields(error) as { message?: unknown; code?: unknown; type?: unknown };
  const [said, kind] = [text(error) ?? text(message), text(code) ?? text(type)];
  return { ...(said === undefined ? {} : { message: said }), ...(kind === undefined ? {} : { code: kind }) };
}

export function badReply(what: string): NamedError {
  return new NamedError(
    'BadReply',
    `the reply is not as expected: ${what}`,
    {},
    'check that the address speaks the chosen dialect',
  );
}
