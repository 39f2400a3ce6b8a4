/** What crosses between page and reading worker: plain data and Blobs, never a whole list. */
import type { ErrorName } from '../error-name.ts';
import type { ColumnChoice } from '../probes/data/columns.ts';
import { Base64Picture, type Picture, type Pictured } from '../probes/data/picture.ts';
import { type ColumnsFound, UnknownColumns } from '../probes/data/unknown-columns.ts';

/** Base64 of a picture crosses as a Blob of its text, decoded where it is asked about. */
interface WirePicture {
  readonly base64: Blob;
  readonly place: { readonly file: string; readonly field: string };
}

/** A question whose pictures can cross. */
export interface WirePictured<Sample extends Pictured> {
  readonly sample: Omit<Sample, 'image' | 'moreImages'>;
  readonly pictures: readonly (Blob | WirePicture)[];
}

export function toWire<Sample extends Pictured>(sample: Sample): WirePictured<Sample> {
  const { image, moreImages = [], ...rest } = sample;
  const pictures = image === undefined ? [] : [image, ...moreImages];
  return { sample: rest, pictures: pictures.map(pictureToWire) };
}

export function fromWire<Sample extends Pictured>({ sample, pictures }: WirePictured<Sample>): Sample {
  const [image, ...moreImages] = pictures.map((picture) =>
    picture instanceof Blob ? picture : new Base64Picture(picture.base64, picture.place),
  );
  return {
    ...sample,
    ...(image ? { image } : {}),
    ...(moreImages.length > 0 ? { moreImages } : {}),
  } as unknown as Sample;
}

function pictureToWire(picture: Picture): Blob | WirePicture {
  if (picture instanceof Blob) return picture;
  if (picture instanceof Base64Picture) return picture.stored;
  throw new TypeError('a picture of a row that was only gone through');
}

/** A list that was opened, or what is to be asked about it. */
export type Opened<Facts> = { readonly facts: Facts } | { readonly unknown: WireUnknown };

interface WireUnknown {
  readonly name: ErrorName;
  readonly what: string;
  readonly field: string;
  readonly remedy: string;
  readonly path: string;
  readonly found: ColumnsFound;
  readonly choice: ColumnChoice;
}

/** What opening came to; other errors cross as they are. */
export async function opened<Facts>(work: Promise<Facts>): Promise<Opened<Facts>> {
  try {
    return { facts: await work };
  } catch (error) {
    if (!(error instanceof UnknownColumns)) throw error;
    const { name, missing: what, place, remedy, path, found, choice } = error;
    return { unknown: { name, what, field: place.field ?? '', remedy, path, found, choice } };
  }
}

/** @throws UnknownColumns */
export function factsOf<Facts>(crossed: Opened<Facts>): Facts {
  if ('facts' in crossed) return crossed.facts;
  const { name, what, field, remedy, path, found, choice } = crossed.unknown;
  throw new UnknownColumns(name, what, { file: path, field }, { found, choice }, remedy);
}
