import { NamedError } from './named-error.ts';
import { knownReason } from './plain-reason.ts';

/** Any rejection as a NamedError: in plain words where they are known (`knownReason`), else with its text and a way to report it. */
export function named(error: unknown): NamedError {
  if (error instanceof NamedError) return error;
  const known = knownReason(error);
  // Whoever reports it finds there what it was.
  if (known?.name === 'Unexpected') console.error(error);
  if (known) return new NamedError(known.name, known.what, {}, known.remedy, { cause: error });
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
