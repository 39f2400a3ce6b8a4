import { NamedError } from '../../named-error.ts';

/** A picture that is decoded from a list's text when it is asked about, and not before. */
export interface StoredPicture {
  /** Bytes of the encoded picture, about: tells sets apart. */
  readonly size: number;
  /** @throws NamedError `BadPicture` */
  read(): Promise<Blob>;
}

/** An encoded picture (PNG, JPEG, WebP …): a file or bytes of one, or something such is made of. */
export type Picture = Blob | StoredPicture;

/** What goes with a question beside its text. */
export interface Pictured {
  /** The picture; the first where there are several. */
  readonly image?: Picture;
  /** Further pictures, in order. */
  readonly moreImages?: readonly Picture[];
  /**
   * The question's text before, between and after its pictures: one more than there are pictures; joined it is the question.
   * Undefined where all pictures stand before the text.
   */
  readonly around?: readonly string[];
}

/** All pictures of a question, in order. */
export function picturesIn({ image, moreImages = [] }: Pictured): readonly Picture[] {
  return image === undefined ? [] : [image, ...moreImages];
}

/** The encoded file. @throws NamedError `BadPicture` where it is stored as text that is no base64 */
export async function openPicture(picture: Picture): Promise<Blob> {
  return picture instanceof Blob ? picture : picture.read();
}

/** Whether both hold the same bytes; opened only where the sizes are about the same. @throws NamedError `BadPicture` */
export async function isSamePicture(a: Picture, b: Picture): Promise<boolean> {
  // Base64 ends in up to two characters that stand for no byte, and a line end.
  if (Math.abs(a.size - b.size) > 4) return false;
  const [one, two] = await Promise.all(
    [a, b].map(async (picture) => new Uint8Array(await (await openPicture(picture)).arrayBuffer())),
  );
  return one?.length === two?.length && one?.every((byte, index) => byte === two?.[index]) === true;
}

/** Base64 text of a picture, within a list: a slice of the file where it is long, so that no list's pictures are held. */
export class Base64Picture implements StoredPicture {
  readonly #text: Blob | string;
  readonly #place: { readonly file: string; readonly field: string };

  constructor(text: Blob | string, place: { readonly file: string; readonly field: string }) {
    this.#text = text;
    this.#place = place;
  }

  /** What it is made of. */
  get stored(): { readonly base64: Blob; readonly place: { readonly file: string; readonly field: string } } {
    const base64 = typeof this.#text === 'string' ? new Blob([this.#text]) : this.#text;
    return { base64, place: this.#place };
  }

  get size(): number {
    const characters = typeof this.#text === 'string' ? this.#text.length : this.#text.size;
    return Math.floor((characters * 3) / 4);
  }

  async read(): Promise<Blob> {
    const stored = typeof this.#text === 'string' ? this.#text : await this.#text.text();
    try {
      const binary = atob(stored.replace(/^data:[^,]*,/, ''));
      return new Blob([Uint8Array.from(binary, (character) => character.charCodeAt(0))]);
    } catch (cause) {
      throw new NamedError(
        'BadPicture',
        `a picture's text is not base64: ${stored.slice(0, 24)}…`,
        this.#place,
        'write the list again',
        { cause },
      );
    }
  }
}
