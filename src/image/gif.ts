/**
 * A GIF whose first frame has no transparent colour, so that a decoder shows every palette entry as it is: what Pillow's
 * `convert("RGB")` makes of it. Null where `bytes` are no GIF or its first frame is opaque already.
 */
export function opaqueGif(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (String.fromCharCode(...bytes.subarray(0, 3)) !== 'GIF') return null;
  const screen = bytes[10] ?? 0;
  // The palette of the whole file follows the header where bit 7 says so.
  let at = 13 + (screen & 0x80 ? 3 * 2 ** ((screen & 7) + 1) : 0);
  while (bytes[at] === EXTENSION) {
    if (bytes[at + 1] === GRAPHIC_CONTROL) {
      const flags = at + 3;
      if (((bytes[flags] ?? 0) & TRANSPARENT) === 0) return null;
      const copy = new Uint8Array(bytes);
      copy[flags] = (bytes[flags] ?? 0) & ~TRANSPARENT;
      return copy;
    }
    // Blocks, each after its length, up to one of none.
    for (at += 2; (bytes[at] ?? 0) !== 0;) at += 1 + (bytes[at] ?? 0);
    at += 1;
  }
  return null;
}

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const TRANSPARENT = 1;
