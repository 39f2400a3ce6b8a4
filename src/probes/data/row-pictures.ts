/** The pictures a row names or holds: all are read, or the error says which are not. */
import { NamedError } from '../../named-error.ts';
import { LongBase64, cellOf, cellText, describeCell, isMissing, isRecord } from './cell.ts';
import { type ColumnChoice, KNOWN_COLUMNS, type ReadFrom, UnknownColumns } from './columns.ts';
import { type JsonLine, lineName } from './json-lines.ts';
import { Base64Picture, type Picture } from './picture.ts';
import { PictureFiles } from './picture-files.ts';
import { parseTextList } from './python-list.ts';

/** VLMEvalKit's rule: longer texts are the picture, shorter ones the index of the row that has it. */
const LONGEST_INDEX = 64;
const BASE64 = /^(?:data:image\/[\w.+-]+;base64,)?[A-Za-z0-9+/\s]+={0,2}\s*$/;
const FILE_NAME = /^[^\n<>|"]+\.(?:png|jpe?g|webp|gif|bmp|avif|tiff?)$/i;
/** MMMU's `image_1` … `image_7`, and the like. */
const NUMBERED = /^(?:image|img|picture)_?(\d+)$/i;
const VIDEOS = ['videos', 'video', 'audios', 'audio'];

/** Reads the pictures of one list's rows. */
export class RowPictures {
  readonly #path: string;
  readonly #folder: string;
  readonly #files: PictureFiles;
  readonly #from: ReadFrom;
  #byIndex: ReadonlyMap<string, JsonLine> | undefined;

  constructor(path: string, files: ReadonlyMap<string, Blob>, from: ReadFrom) {
    this.#path = path;
    this.#folder = path.slice(0, path.lastIndexOf('/') + 1);
    this.#files = new PictureFiles(this.#folder, files);
    this.#from = from;
  }

  /**
   * The row's pictures, in order.
   *
   * @throws NamedError `MissingImage` (a file that is not there), `UnreadPicture` (a column that holds pictures or videos and is not
   * read, with its name and the row)
   */
  of(row: JsonLine): readonly Picture[] {
    const { choice } = this.#from;
    const columns = pictureColumns(row, choice);
    const pictures = columns.flatMap((column) => this.#cell(cellOf(row, column), column, row));
    if (!choice.image) this.#checkOthers(row, columns, pictures);
    return pictures;
  }

  #cell(value: unknown, column: string, row: JsonLine): readonly Picture[] {
    if (isMissing(value)) return [];
    if (Array.isArray(value)) return value.flatMap((item: unknown) => this.#cell(item, column, row));
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
    if (list) return list.flatMap((item) => this.#cell(item, column, row));
    if (text !== undefined) return this.#named(text, column, row);
    throw new NamedError(
      'MissingImage',
      `${lineName(row)} holds ${describeCell(value)}`,
      { file: this.#path, field: column },
      'give a picture’s path, or its bytes',
    );
  }

  /** A path, base64, or the index of the row that has the picture. */
  #named(text: string, column: string, row: JsonLine): readonly Picture[] {
    const found = this.#files.find(text);
    if (found) return [found];
    if (text.length > LONGEST_INDEX && BASE64.test(text)) return [this.#base64(text, column)];
    const referred = this.#indexed(text);
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

  #indexed(text: string): JsonLine | undefined {
    this.#byIndex ??= new Map(
      this.#from.rows.map((row) => [cellText(row.value['index'] ?? row.value['id']) ?? '', row]),
    );
    return this.#byIndex.get(text);
  }

  /** @throws NamedError `UnreadPicture` */
  #checkOthers(row: JsonLine, read: readonly string[], pictures: readonly Picture[]): void {
    const count = pictures.length;
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
      const file = typeof value === 'string' && FILE_NAME.test(value) ? this.#files.find(value) : undefined;
      const isOther = file !== undefined && !pictures.includes(file);
      // Beside pictures that are read, a file's name may be a remark: it counts where that file is there.
      const held = heldPictures(value, count === 0 || isKnown || isOther || Array.isArray(value));
      // A column of paths beside the pictures themselves names the same ones.
      if (held === 0 || (isKnown && held <= count)) continue;
      const what = `${lineName(row)} has ${held === 1 ? 'a picture' : `${held} pictures`} in ${column}, which is not read`;
      const remedy = `say which columns hold the pictures to ask about: --columns image=${column}`;
      throw new UnknownColumns(
        'UnreadPicture',
        what,
        { file: this.#path, field: column },
        this.#from,
        remedy,
      );
    }
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

/** How many pictures a cell holds, by its look; names of files count only where `alsoNames`. */
export function heldPictures(value: unknown, alsoNames = true): number {
  if (Array.isArray(value))
    return value.reduce((sum: number, item) => sum + heldPictures(item, alsoNames), 0);
  if (value instanceof LongBase64 || bytesOf(value)) return 1;
  if (isRecord(value) && 'bytes' in value && typeof value['path'] === 'string') return 1;
  if (typeof value !== 'string') return 0;
  if (/^data:image\//.test(value)) return 1;
  return alsoNames && value.length < 1024 && FILE_NAME.test(value) ? 1 : 0;
}

/** Bytes of a picture: a cell of bytes, or Hugging Face's {bytes, path}. */
function bytesOf(value: unknown): Blob | undefined {
  const bytes = isRecord(value) && 'bytes' in value ? value['bytes'] : value;
  if (bytes instanceof Blob) return bytes;
  return bytes instanceof Uint8Array && bytes.length > 0 ? new Blob([Uint8Array.from(bytes)]) : undefined;
}
