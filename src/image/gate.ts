/** The one gate in front of every decoder: what a picture would take is read from its file, and refused before it is taken. */
import { checkNoLfsPointer } from '../lfs-pointer.ts';
import { type ErrorPlace, NamedError } from '../named-error.ts';
import { MAX_DECODED_PIXELS } from './dimensions.ts';
import type { ImageSize } from './sizes/image-size.ts';
import { PICTURE_KINDS } from './sizes/kinds.ts';
import { HeaderReader, MAX_PARTS, TooManyParts } from './sizes/reader.ts';

/** The longest side that browsers give a canvas. */
export const MAX_SIDE = 65_535;
/** An encoded picture is read whole, beside its pixels: as much as those take. */
export const MAX_FILE_BYTES = 2 ** 28;

const REMEDY = 'Choose a PNG, JPEG or WebP file.';

/**
 * The largest size that the file states, of itself or of a part of it: what a decoder may make room for.
 *
 * @throws NamedError `NotAnImage` where it is no picture of a kind we know, or states no size; `UnsupportedImage` by name where
 * its kind's size cannot be told before it is decoded; `LfsPointer`; `ImageTooLarge` beyond `MAX_DECODED_PIXELS`, `MAX_SIDE` or `MAX_PARTS`
 */
export function checkPicture(bytes: Uint8Array, place: ErrorPlace = {}): ImageSize {
  checkNoLfsPointer(bytes, bytes.length, place);
  const file = new HeaderReader(bytes);
  const kind = PICTURE_KINDS.find(({ is }) => is(file));
  if (!kind) {
    const what = `the file (${bytes.length} bytes) is not a picture of a kind that is known here`;
    throw new NamedError('NotAnImage', what, place, REMEDY);
  }
  if (!kind.sizes) {
    const what = `a ${kind.name} file does not say before it is decoded how much memory it takes`;
    throw new NamedError('UnsupportedImage', what, place, 'Save it as PNG, JPEG or WebP.');
  }
  let largest: ImageSize | undefined;
  try {
    for (const size of kind.sizes(file)) {
      if (!(size.width > 0 && size.height > 0)) continue;
      checkSize(size, place);
      if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
    }
  } catch (error) {
    if (!(error instanceof TooManyParts)) throw error;
    const what = `the ${kind.name} file (${bytes.length} bytes) has more than ${MAX_PARTS} parts`;
    throw new NamedError('ImageTooLarge', what, place, 'Save it again, as PNG, JPEG or WebP.');
  }
  if (largest) return largest;
  const what = `the ${kind.name} file (${bytes.length} bytes) does not say how wide and high it is`;
  throw new NamedError('NotAnImage', what, place, 'It is damaged: save it again, as PNG, JPEG or WebP.');
}

/** The bytes of a picture that may be decoded. @throws NamedError those of `checkPicture` */
export async function readPicture(picture: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const place = placeOf(picture);
  if (picture.size > MAX_FILE_BYTES) {
    const what = `the file has ${picture.size} bytes; the limit is ${MAX_FILE_BYTES}`;
    throw new NamedError('ImageTooLarge', what, place, 'Scale it down.');
  }
  const bytes = new Uint8Array(await picture.arrayBuffer());
  checkPicture(bytes, place);
  return bytes;
}

/** An address under which the page draws a picture, of one that may be decoded. @throws NamedError those of `checkPicture` */
export async function pictureUrl(picture: Blob): Promise<string> {
  await readPicture(picture);
  return URL.createObjectURL(picture);
}

/** @throws NamedError `ImageTooLarge` */
export function checkSize({ width, height }: ImageSize, place: ErrorPlace): void {
  const limit =
    width * height > MAX_DECODED_PIXELS
      ? `the limit is ${MAX_DECODED_PIXELS}`
      : Math.max(width, height) > MAX_SIDE
        ? `the longest side there may be is ${MAX_SIDE}`
        : null;
  if (limit === null) return;
  const what = `the image has ${width} × ${height} = ${width * height} pixels; ${limit}`;
  throw new NamedError('ImageTooLarge', what, place, 'Scale it down.');
}

export function placeOf(picture: Blob): ErrorPlace {
  return picture instanceof File ? { file: picture.name } : {};
}
