/** PNGs for a decoder that unfolds whatever it is given: nothing in them unfolds beyond the pixels. */
import { HeaderReader } from './sizes/reader.ts';

const NEEDED: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
const SIGNATURE_BYTES = 8;
/** Samples of a pixel, by the type of its colour. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Passes of an interlaced image: each has lines, and bits that fill them up, of its own. */
const PASSES = 7;
/** Packed bytes that are unfolded at a time: a thousand times as many at most. */
const PACKED_BYTES = 2 ** 14;

/**
 * The PNG without what its pixels do not need: colour profiles and texts, which may be packed, too. Null where `bytes` are no
 * PNG.
 *
 * @throws Error where its pixels are more than its header says, before they are held, or cannot be unpacked
 */
export async function barePng(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = new HeaderReader(bytes);
  if (file.u32(0) !== 0x89504e47) return null;
  const kept: Uint8Array<ArrayBuffer>[] = [bytes.subarray(0, SIGNATURE_BYTES)];
  const packed: Uint8Array<ArrayBuffer>[] = [];
  for (let at = SIGNATURE_BYTES; at + 8 <= bytes.length;) {
    const length = file.u32(at);
    const name = file.ascii(at + 4, 4);
    if (NEEDED.has(name)) kept.push(bytes.subarray(at, at + 12 + length));
    if (name === 'IDAT') packed.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
    if (name === 'IEND') break;
  }
  await checkInflated(packed, mostBytes(file));
  return new Uint8Array(await new Blob(kept).arrayBuffer());
}

/** Of the lines of all passes, each with its filter's byte. */
function mostBytes(file: HeaderReader): number {
  const bits = file.u8(24) * (CHANNELS[file.u8(25)] ?? 4);
  const [width, height] = [file.u32(16), file.u32(20)];
  return (Math.ceil((width * bits) / 8) + PASSES * 2) * (height + PASSES);
}

async function checkInflated(packed: readonly Uint8Array<ArrayBuffer>[], most: number): Promise<void> {
  let count = 0;
  for await (const { length } of unpacked(packed)) {
    count += length;
    if (count > most)
      throw new RangeError(`the pixels unfold into more than the ${most} bytes that they need`);
  }
}

/** What a PNG's data unfold into, piece by piece; whoever takes no more ends it. @throws TypeError where they are damaged */
export async function* unpacked(
  packed: readonly Uint8Array<ArrayBuffer>[],
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const { readable, writable } = new DecompressionStream('deflate');
  // Damage is told where pieces are read.
  void feed(packed, writable.getWriter()).catch(() => undefined);
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Little at a time, and no more than is taken. (A Blob's own stream would come through the browser's process.) */
async function feed(
  packed: readonly Uint8Array<ArrayBuffer>[],
  writer: WritableStreamDefaultWriter<BufferSource>,
): Promise<void> {
  for (const part of packed)
    for (let at = 0; at < part.length; at += PACKED_BYTES)
      await writer.write(part.subarray(at, at + PACKED_BYTES));
  await writer.close();
}
