/** Samples as they are kept with what was measured on them: all that they say, and of their pictures the hashes alone. */
import type { Json } from '../../identity/canonical-json.ts';
import { NamedError } from '../../named-error.ts';
import { gonePicture, pictureHash } from '../../probes/data/picture-hash.ts';
import type { Picture } from '../../probes/data/picture.ts';

/** More would be kept beside each of their settings, and make a line that no journal takes. */
const MOST_SAMPLES = 10_000;

/** @throws NamedError `SamplesNotKept` of too many */
export function refuseTooMany(samples: number): void {
  if (samples <= MOST_SAMPLES) return;
  throw new NamedError(
    'SamplesNotKept',
    `more than ${MOST_SAMPLES} samples are not kept beside what was measured on them`,
    {},
    'open and load what it was computed from: its records are shown then',
  );
}

/** What stands in place of a picture. */
const HASH = 'sha256 of picture';

/** @throws NamedError those of reading pictures */
export async function withoutPictures(value: unknown): Promise<Json> {
  if (isPicture(value)) return { [HASH]: await pictureHash(value) };
  if (Array.isArray(value)) return Promise.all(value.map(withoutPictures));
  if (typeof value !== 'object' || value === null) return value as Json;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, inner]) => [name, await withoutPictures(inner)] as const)),
  );
}

/** The same samples, with something in place of each picture that has its name and no bytes. */
export function withGonePictures(value: Json): unknown {
  if (Array.isArray(value)) return value.map(withGonePictures);
  if (typeof value !== 'object' || value === null) return value;
  const { [HASH]: hash } = value as { readonly [name: string]: Json };
  if (typeof hash === 'string') return gonePicture(hash);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withGonePictures(inner)]));
}

function isPicture(value: unknown): value is Picture {
  return value instanceof Blob || (typeof value === 'object' && value !== null && 'read' in value);
}
