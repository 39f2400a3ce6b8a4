import { crc32 } from '../../../work/crc32.ts';

/** Signature, and the chunk IHDR: 4 bytes of length, 4 of name, 13 of contents, 4 of checksum. */
const HEAD = 8 + 4 + 4 + 13 + 4;

/** A PNG with international texts (iTXt, ISO/IEC 15948 § 11.3.3.4) behind its head. @param texts by keyword: 1 to 79 letters of Latin-1 */
export function withTexts(png: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const chunks = Object.entries(texts).map(([keyword, text]) => chunk(keyword, text));
  const parts = [png.subarray(0, HEAD), ...chunks, png.subarray(HEAD)];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function chunk(keyword: string, text: string): Uint8Array {
  // Not compressed, of no language, without a translated keyword.
  const contents = new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`);
  const bytes = new Uint8Array(4 + 4 + contents.length + 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, contents.length);
  bytes.set(new TextEncoder().encode('iTXt'), 4);
  bytes.set(contents, 8);
  view.setUint32(8 + contents.length, crc32(bytes.subarray(4, 8 + contents.length)));
  return bytes;
}
