import { kebabCase } from '../kebab-case.mjs';
import { NamedError } from '../named-error.ts';

/**
 * An error as the shell tells it: a place that is a setting stands as the flag by which it was given, `maxImagePixels` as
 * `--max-image-pixels`. What stands in a file, and what no flag gave, stays as it is.
 *
 * @param given the command's flags that have a value, in camel case
 */
export function placedAtFlag(error: NamedError, given: ReadonlySet<string>): NamedError {
  const { name, what, place, remedy } = error;
  const { field } = place;
  if (field === undefined || !given.has(field) || place.file !== undefined || place.tensor !== undefined)
    return error;
  return new NamedError(name, what, { field: `--${kebabCase(field)}` }, remedy, { cause: error });
}
