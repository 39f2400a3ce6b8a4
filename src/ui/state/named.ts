import { NamedError } from '../../named-error.ts';

/** Any rejection as a NamedError; what has no name of its own is shown as it is, with a way to report it. */
export function named(error: unknown): NamedError {
  if (error instanceof NamedError) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new NamedError(
    'Unexpected',
    what,
    {},
    'Reload the page and try again; if it returns, report it with this text.',
    {
      cause: error,
    },
  );
}
