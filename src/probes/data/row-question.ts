/** The text of a question, and where its pictures stand in it. */
import type { ErrorName } from '../../error-name.ts';
import { NamedError } from '../../named-error.ts';
import { cellText, describeCell, isMissing, isRecord } from './cell.ts';
import { type JsonLine, lineName } from './json-lines.ts';
import type { Picture, Pictured } from './picture.ts';

/** `<image>` (LLaVA, EasyR1, verl), `<image 1>` (MMMU), `<image1>` (MATH-Vision), `<image_1>` (EMMA). */
export const IMAGE_MARKER = /<image(?: |[ _]?(\d+))?>/g;

/** A picture named by the text itself: Qwen-VL's `<img>path</img>`, HTML's `<img src=…>`, Markdown's `![…](…)`. */
const SHOWN =
  /<img>[^<\n]*<\/img>|<img\s(?:(?!\bsrc\s*=)[^<>])*src\s*=[^<>]*>|!\[[^[\]\n]*\]\(\s*(?=\S)(?:https?:|data:image|[^()\n]+\.(?:png|jpe?g|webp|gif|bmp|svg)\b)/i;

/**
 * A question as text: a text, or the one user message of a chat (verl's and TRL's `prompt`), whose image parts become markers.
 *
 * @throws NamedError `Conversation` for a chat of several turns or with a system message; `MissingField`; `UnreadPicture` for
 * videos
 */
export function questionText(value: unknown, column: string, row: JsonLine, path: string): string {
  const text = isChat(value) ? userText(value, column, row, path) : cellText(value);
  const fail = (name: ErrorName, what: string, remedy: string): NamedError =>
    new NamedError(name, `${lineName(row)} ${what}`, { file: path, field: column }, remedy);
  if (text === undefined) {
    throw fail('MissingField', `holds ${describeCell(value)}`, 'put the question there as text');
  }
  if (/<(?:video|audio)>/.test(text)) {
    throw fail('UnreadPicture', 'asks about a video or sound', 'leave such rows out: only pictures are read');
  }
  return text;
}

type Message = Readonly<Record<string, unknown>>;

function isChat(value: unknown): value is readonly Message[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((turn) => isRecord(turn) && ('role' in turn || 'from' in turn))
  );
}

function userText(chat: readonly Message[], column: string, row: JsonLine, path: string): string {
  const roles = chat.map(({ role, from }) => String(role ?? from));
  const [turn] = chat;
  if (chat.length > 1 || !['user', 'human'].includes(roles[0] as string) || !turn) {
    throw new NamedError(
      'Conversation',
      `${lineName(row)} is a conversation of ${roles.join(', ')}: only a question of one user turn is asked`,
      { file: path, field: column },
      'put question and answer into columns of their own; a system prompt is given as --system or by the style',
    );
  }
  const content = turn['content'] ?? turn['value'];
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? content.filter(isRecord) : [];
  const texts = parts.map((part) => {
    if (part['type'] === 'text' || typeof part['text'] === 'string') return String(part['text'] ?? '');
    const carries = Object.entries(part).filter(
      ([name, held]) => !['type', 'index'].includes(name) && !isMissing(held),
    );
    if (part['type'] === 'image' && carries.length === 0) return '<image>';
    throw new NamedError(
      'UnreadPicture',
      `${lineName(row)} holds a part of type ${String(part['type'])} with ${Object.keys(part).join(', ')}`,
      { file: path, field: column },
      'put pictures into a column images, and {"type": "image"} or <image> where they stand',
    );
  });
  return texts.join('');
}

/**
 * Takes the markers out of a question and says where its pictures stand: as verl and EasyR1 build their messages, text split at
 * the markers with a picture between, no space touched. Without markers the pictures stand before the text. `<image 2>` stands
 * for the second picture.
 *
 * @throws NamedError `ImageMarkers` where markers and pictures do not match; `UnreadPicture` where the text shows a picture and the
 * row holds none
 */
export function placePictures(
  stored: string,
  pictures: readonly Picture[],
  column: string,
  row: JsonLine,
  path: string,
): Pictured & { readonly question: string } {
  const tag = pictures.length === 0 ? SHOWN.exec(stored)?.[0] : undefined;
  if (tag !== undefined) {
    throw new NamedError(
      'UnreadPicture',
      `${lineName(row)}: the text shows a picture that no column holds: ${tag.slice(0, 60)}`,
      { file: path, field: column },
      'put the picture into a column images, and <image> into the text where it stands',
    );
  }
  const markers = [...stored.matchAll(IMAGE_MARKER)];
  const numbers = markers.map(([, number = ''], index) => (number === '' ? index + 1 : Number(number)));
  const placed = markers.length === 0 ? pictures : numbers.map((number) => pictures[number - 1]);
  const isNumbered = markers.some(([, number]) => number !== undefined);
  const all = markers.length === 0 || pictures.every((picture) => placed.includes(picture));
  if (
    placed.some((picture) => picture === undefined) ||
    !all ||
    (!isNumbered && placed.length !== pictures.length)
  ) {
    throw new NamedError(
      'ImageMarkers',
      `${lineName(row)} has ${markers.length} markers (${markers.map(([marker]) => marker).join(' ')}) for ${pictures.length} pictures`,
      { file: path, field: column },
      'give each picture of the row one marker in the text, or leave out all markers',
    );
  }
  const [image, ...moreImages] = placed as readonly Picture[];
  const around = stored.split(/<image(?: |[ _]?\d+)?>/) as readonly string[];
  const inFront = around.slice(0, -1).every((text) => text === '');
  return {
    question: around.join(''),
    ...(image ? { image } : {}),
    ...(moreImages.length > 0 ? { moreImages } : {}),
    ...(inFront ? {} : { around }),
  };
}
