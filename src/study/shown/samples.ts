/** Samples as they are kept with what was measured on them: all that they say, and of their pictures the hashes alone. */
import type { Json } from '../../identity/canonical-json.ts';
import { NamedError } from '../../named-error.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { seenSize } from '../../evaluation/samples/seen-size.ts';
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

/** Beside it, where black pictures of the same size are asked about. */
const SIZE = 'width and height';

/**
 * @param reading how pixels are made of pictures, where their sizes are kept, too
 * @throws NamedError those of reading pictures
 */
export async function withoutPictures(value: unknown, reading?: Required<ImageReading>): Promise<Json> {
  if (isPicture(value)) return keptPicture(value, reading);
  if (Array.isArray(value)) return Promise.all(value.map((item) => withoutPictures(item, reading)));
  if (typeof value !== 'object' || value === null) return value as Json;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    await Promise.all(
      entries.map(async ([name, inner]) => [name, await withoutPictures(inner, reading)] as const),
    ),
  );
}

async function keptPicture(picture: Picture, reading: Required<ImageReading> | undefined): Promise<Json> {
  const hash = await pictureHash(picture);
  const size = reading && (await seenSize(picture, reading));
  return { [HASH]: hash, ...(size ? { [SIZE]: size } : {}) };
}

/** The same samples, with something in place of each picture that has its name, and of its bytes at most what says its size. */
export function withGonePictures(value: Json): unknown {
  if (Array.isArray(value)) return value.map(withGonePictures);
  if (typeof value !== 'object' || value === null) return value;
  const { [HASH]: hash, [SIZE]: size } = value as { readonly [name: string]: Json };
  if (typeof hash === 'string') return gonePicture(hash, Array.isArray(size) ? headOf(size) : undefined);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withGonePictures(inner)]));
}

/** A PNG's head. */
function headOf([width, height]: readonly Json[]): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(33);
  head.set([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]);
  const view = new DataView(head.buffer);
  view.setUint32(16, Number(width));
  view.setUint32(20, Number(height));
  return head;
}

function isPicture(value: unknown): value is Picture {
  return value instanceof Blob || (typeof value === 'object' && value !== null && 'read' in value);
}
