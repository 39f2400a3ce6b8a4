/** Text of lists, never with letters lost: what is no UTF-8 is refused, with its place. */
import { NamedError } from '../../named-error.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of bytes.
 *
 * @param offset where they stand in the file
 * @param where whose bytes they are, for the error: "line 3"
 * @throws NamedError `NotUtf8` with the byte's place in the file
 */
export function utf8Text(bytes: Uint8Array, offset: number, where: () => string, path: string): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw notUtf8(`${where()} is not UTF-8 at byte ${offset + invalidAt(bytes)}`, path);
  }
}

export function notUtf8(what: string, path: string): NamedError {
  return new NamedError('NotUtf8', what, { file: path }, 'save it as UTF-8 (CSV UTF-8)');
}

/** Where the first character begins that is no UTF-8, as Python's UnicodeDecodeError counts. */
function invalidAt(bytes: Uint8Array): number {
  let [valid, invalid] = [0, bytes.length];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (beginsText(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  const wrong = invalid - 1;
  // Its lead byte, where what precedes is the beginning of a character.
  for (let lead = wrong - 1; lead >= Math.max(0, wrong - 3); lead--) {
    const byte = bytes[lead] as number;
    if (byte >= 0xc0) return lead + declaredLength(byte) > wrong ? lead : wrong;
    if (byte < 0x80) break;
  }
  return wrong;
}

/** Whether text may go on from here: a character that is cut off is none that is wrong. */
function beginsText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function declaredLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}
