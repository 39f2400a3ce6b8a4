/** Which pictures a cell holds, told by its look. */
import { LongBase64, StoredBytes, isMissing, isRecord } from './cell.ts';
import type { Picture } from './picture.ts';
import { parseTextList } from './python-list.ts';

/** One picture of a cell: its name, its bytes, both, or neither where only its kind is told. */
export interface HeldPicture {
  /** The column, and the members on the way: `metadata.image`; `messages[].content` within the items of a list. */
  readonly at: string;
  /** An item of a list. */
  readonly listed: boolean;
  /** A file's path or an address. */
  readonly name?: string;
  /** Bytes, or base64 of them. */
  readonly stored?: Picture | LongBase64 | string;
}

const FILE_NAME = /^[^\n<>|"]+\.(?:png|jpe?g|jfif|webp|gif|bmp|avif|heic|heif|tiff?)$/i;
const LONGEST_NAME = 4096;
const DEEPEST = 8;
/** The part of a chat that is a picture, as transformers, OpenAI and TRL name it. */
const PART_TYPES: readonly unknown[] = ['image', 'image_url', 'input_image'];
/** What a record that is a picture calls its file. */
const NAMED_BY = ['path', 'image', 'url', 'image_url'];

/** The pictures of a cell, in order: within lists, lists printed as text, and records too. */
export function picturesHeld(value: unknown, at: string, listed = false, depth = 0): readonly HeldPicture[] {
  if (isMissing(value) || depth > DEEPEST) return [];
  const within = (held: unknown, place = at, isItem = listed): readonly HeldPicture[] =>
    picturesHeld(held, place, isItem, depth + 1);
  if (Array.isArray(value)) return value.flatMap((item: unknown) => within(item, at, true));
  if (value instanceof LongBase64) return [{ at, listed, stored: value }];
  const bytes = bytesOf(value);
  if (bytes) return [{ at, listed, stored: bytes }];
  if (typeof value === 'string') {
    if (isBase64Picture(value)) return [{ at, listed, stored: value }];
    if (isFileName(value)) return [{ at, listed, name: value }];
    return value.startsWith('[')
      ? (parseTextList(value) ?? []).flatMap((item) => within(item, at, true))
      : [];
  }
  if (!isRecord(value)) return [];
  const name = value['path'];
  if ('bytes' in value && typeof name === 'string' && name !== '') return [{ at, listed, name }];
  const isPart = PART_TYPES.includes(value['type']);
  const members = Object.entries(value);
  const found = members.flatMap(([member, held]) => {
    if (isPart || (listed && NAMED_BY.includes(member))) return within(held);
    return within(held, `${at}${listed ? '[]' : ''}.${member}`, false);
  });
  const carries = members.some(([member, held]) => !/^(?:type|index|text)$/.test(member) && !isMissing(held));
  return found.length === 0 && isPart && carries ? [{ at, listed }] : found;
}

/** How many pictures a cell holds. */
export function heldPictures(value: unknown): number {
  return picturesHeld(value, '').length;
}

/** A file's own name, without the folders and without what follows the path of an address. */
export function fileName(path: string): string {
  const plain = withoutQuery(path).replaceAll('\\', '/');
  return plain.slice(plain.lastIndexOf('/') + 1);
}

/** Bytes of a picture: a cell of bytes, or Hugging Face's {bytes, path}. */
export function bytesOf(value: unknown): Picture | undefined {
  const bytes = isRecord(value) && 'bytes' in value ? value['bytes'] : value;
  if (bytes instanceof Blob || bytes instanceof StoredBytes) return bytes;
  return bytes instanceof Uint8Array && bytes.length > 0 ? new Blob([Uint8Array.from(bytes)]) : undefined;
}

function isFileName(text: string): boolean {
  return text.length < LONGEST_NAME && FILE_NAME.test(withoutQuery(text));
}

function withoutQuery(path: string): string {
  return /^[a-z]+:\/\//i.test(path) ? path.replace(/[?#][\s\S]*$/, '') : path;
}

/** No picture is shorter: the least GIF has 35 bytes. */
const LEAST_BASE64 = 40;
/** How base64 of PNG, JPEG, GIF, WebP and BMP (whose bytes 6 to 9 are reserved, 0) begins. */
const BASE64_HEAD = /^(?:iVBORw0KGgo|\/9j\/|R0lGOD[dl]h|UklGR.{6}XRUJQ|Qk[0-3].{5}AAAAA[A-P])/;

/** Base64 text, or a `data:` address, of a picture. */
function isBase64Picture(text: string): boolean {
  if (/^data:image\//.test(text)) return true;
  return (
    text.length >= LEAST_BASE64 && BASE64_HEAD.test(text) && /^[A-Za-z0-9+/\s]+(?:={1,2}\s*)?$/.test(text)
  );
}
