/** The pictures a row names or holds: all are read, or the error says which are not. */
import { NamedError } from '../../named-error.ts';
import { LongBase64, cellOf, cellText, describeCell, isMissing, isRecord } from './cell.ts';
import { type ColumnChoice, KNOWN_COLUMNS } from './columns.ts';
import { type HeldPicture, bytesOf, fileName, picturesHeld } from './held-pictures.ts';
import { type JsonLine, lineName } from './json-lines.ts';
import { Base64Picture, type Picture, isSamePicture } from './picture.ts';
import { PictureFiles } from './picture-files.ts';
import { parseTextList } from './python-list.ts';

/** VLMEvalKit's rule: longer texts are the picture, shorter ones the index of the row that has it. */
const LONGEST_INDEX = 64;
const BASE64 = /^(?:data:image\/[\w.+-]+;base64,)?[A-Za-z0-9+/\s]+(?:={1,2}\s*)?$/;
/** MMMU's `image_1` … `image_7`, and the like. */
const NUMBERED = /^(?:image|img|picture)_?(\d+)$/i;
const VIDEOS = ['videos', 'video', 'audios', 'audio'];

/** A column of a row holds pictures that are not read: whoever knows all columns says so. */
export class UnreadPictures {
  readonly what: string;
  /** The column and the members on the way. */
  readonly at: string;
  readonly remedy: string;

  constructor(what: string, at: string, remedy: string) {
    this.what = what;
    this.at = at;
    this.remedy = remedy;
  }
}

/** The row that is called so by its index (VLMEvalKit's rows share pictures); undefined where there is none. */
export type RowCalled = (name: string) => Promise<JsonLine | undefined>;

/** Reads the pictures of one list's rows. */
export class RowPictures {
  readonly #path: string;
  readonly #folder: string;
  readonly #files: PictureFiles;
  readonly #choice: ColumnChoice;
  readonly #called: RowCalled;

  /** @param called what it throws, `of` rejects with */
  constructor(path: string, files: ReadonlyMap<string, Blob>, choice: ColumnChoice, called: RowCalled) {
    this.#path = path;
    this.#folder = path.slice(0, path.lastIndexOf('/') + 1);
    this.#files = new PictureFiles(this.#folder, files);
    this.#choice = choice;
    this.#called = called;
  }

  /**
   * The row's pictures, in order.
   *
   * @throws NamedError `MissingImage` (a file that is not there), `UnreadPicture` for videos
   * @throws UnreadPictures a column that holds pictures and is not read, with its name and the row
   */
  async of(row: JsonLine): Promise<readonly Picture[]> {
    const choice = this.#choice;
    const columns = pictureColumns(row, choice);
    const pictures: Picture[] = [];
    for (const column of columns) pictures.push(...(await this.#cell(cellOf(row, column), column, row)));
    if (!choice.image) await this.#checkOthers(row, columns, pictures);
    return pictures;
  }

  async #cell(value: unknown, column: string, row: JsonLine): Promise<readonly Picture[]> {
    const each = async (items: readonly unknown[]): Promise<readonly Picture[]> => {
      const found: Picture[] = [];
      for (const item of items) found.push(...(await this.#cell(item, column, row)));
      return found;
    };
    if (isMissing(value)) return [];
    if (Array.isArray(value)) return each(value);
    if (value instanceof LongBase64) return [this.#base64(value.text, column)];
    const bytes = bytesOf(value);
    if (bytes) return [bytes];
    if (isRecord(value)) {
      const path = value['path'] ?? value['image'] ?? value['url'];
      if (typeof path === 'string' && path !== '') return this.#named(path, column, row);
      if (['bytes', 'path'].some((name) => name in value)) return [];
    }
    const text = cellText(value);
    const list = text === undefined ? undefined : parseTextList(text);
    if (list) return each(list);
    if (text !== undefined) return this.#named(text, column, row);
    throw new NamedError(
      'MissingImage',
      `${lineName(row)} holds ${describeCell(value)}`,
      { file: this.#path, field: column },
      'give a picture’s path, or its bytes',
    );
  }

  /** A path, base64, or the index of the row that has the picture. */
  async #named(text: string, column: string, row: JsonLine): Promise<readonly Picture[]> {
    const found = this.#files.find(text);
    if (found) return [found];
    if (text.length > LONGEST_INDEX && BASE64.test(text)) return [this.#base64(text, column)];
    const referred = await this.#called(text);
    const shared = referred && cellOf(referred, column);
    if (shared instanceof LongBase64 || Array.isArray(shared) || String(shared ?? '').length > LONGEST_INDEX)
      return this.#cell(shared, column, row);
    const isRemote = /^https?:/.test(text);
    throw new NamedError(
      'MissingImage',
      `${lineName(row)} names ${isRemote ? '' : this.#folder}${text}`,
      { file: this.#path, field: column },
      isRemote
        ? 'download the pictures and name their files: nothing is fetched'
        : 'hand the images over together with the list, with paths as seen from it',
    );
  }

  #base64(text: Blob | string, column: string): Base64Picture {
    return new Base64Picture(text, { file: this.#path, field: column });
  }

  /** @throws NamedError `UnreadPicture`, UnreadPictures */
  async #checkOthers(row: JsonLine, read: readonly string[], pictures: readonly Picture[]): Promise<void> {
    const taken = read.flatMap((column) => picturesHeld(cellOf(row, column), column));
    const names = taken.flatMap(({ name }) => (name === undefined ? [] : [name]));
    const areFiles = names.some((name) => pictures.some((picture) => picture === this.#files.find(name)));
    for (const [column, value] of Object.entries(row.value)) {
      if (read.includes(column) || isMissing(value)) continue;
      if (VIDEOS.includes(column) && !(Array.isArray(value) && value.length === 0)) {
        throw new NamedError(
          'UnreadPicture',
          `${lineName(row)} has a video or sound in ${column}`,
          { file: this.#path, field: column },
          'leave such rows out: only pictures are read',
        );
      }
      const isKnown = (KNOWN_COLUMNS.image as readonly string[]).includes(column);
      const held = picturesHeld(value, column);
      const isOther = async ({ name, stored, listed }: HeldPicture): Promise<boolean> => {
        if (stored !== undefined) return !(await this.#isAmong(stored, column, pictures));
        if (pictures.length === 0) return true;
        const file = name === undefined ? undefined : this.#files.find(name);
        if (file && pictures.includes(file)) return false;
        // Beside pictures stored in the row, as many names are theirs.
        if (isKnown && !areFiles && held.length <= pictures.length) return false;
        if (file) return true;
        if (name !== undefined && names.some((own) => fileName(own) === fileName(name))) return false;
        // Beside pictures that are read, the name of a file that is not there may be a remark.
        return isKnown || listed;
      };
      for (const picture of held) {
        if (!(await isOther(picture))) continue;
        throw this.#unread(row, picture.at, held.filter(({ at }) => at === picture.at).length);
      }
    }
  }

  /** Whether these bytes are a picture's that is read. */
  async #isAmong(
    stored: Picture | LongBase64 | string,
    column: string,
    pictures: readonly Picture[],
  ): Promise<boolean> {
    const isText = typeof stored === 'string' || stored instanceof LongBase64;
    const own = isText ? this.#base64(typeof stored === 'string' ? stored : stored.text, column) : stored;
    for (const picture of pictures) if (await isSamePicture(own, picture)) return true;
    return false;
  }

  #unread(row: JsonLine, at: string, count: number): UnreadPictures {
    const what = `${lineName(row)} has ${count === 1 ? 'a picture' : `${count} pictures`} in ${at}, which is not read`;
    const remedy = at.includes('[]')
      ? 'put the pictures into a column images, and <image> into the question where they stand'
      : `say which columns hold the pictures to ask about: --columns image=${at}`;
    return new UnreadPictures(what, at, remedy);
  }
}

/** The columns a row's pictures are read from. */
export function pictureColumns(row: JsonLine, choice: ColumnChoice): readonly string[] {
  if (choice.image) return choice.image;
  const filled = (name: string): boolean => {
    const value = row.value[name];
    return !isMissing(value) && !(Array.isArray(value) && value.length === 0);
  };
  const known = KNOWN_COLUMNS.image.find(filled);
  if (known !== undefined) return [known];
  const number = (name: string): number => Number(NUMBERED.exec(name)?.[1]);
  return Object.keys(row.value)
    .filter((name) => NUMBERED.test(name) && filled(name))
    .sort((a, b) => number(a) - number(b));
}
