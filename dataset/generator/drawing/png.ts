/** Bytes to a zlib stream. Node's zlib and the page's `CompressionStream('deflate')` both write one. */
export type Deflate = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const LARGEST_PALETTE = 256;
const TRUE_COLOUR = 2;
const INDEXED = 3;

/** A square picture as a PNG file: indexed where it has few colours, as drawings do, else true colour. */
export async function encodePng(
  rgb: Uint8Array,
  size: number,
  deflate: Deflate,
): Promise<Uint8Array<ArrayBuffer>> {
  const { palette, indices } = indexed(rgb);
  const fits = palette.length / 3 <= LARGEST_PALETTE;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, size);
  view.setUint32(4, size);
  header.set([8, fits ? INDEXED : TRUE_COLOUR, 0, 0, 0], 8);
  const pixels = await deflate(scanlines(fits ? indices : rgb, size));
  const chunks = [
    chunk('IHDR', header),
    ...(fits ? [chunk('PLTE', Uint8Array.from(palette))] : []),
    chunk('IDAT', pixels),
    chunk('IEND', new Uint8Array()),
  ];
  return joined([Uint8Array.from(SIGNATURE), ...chunks]);
}

/** The colours in order of appearance, and for each pixel its place among them. */
function indexed(rgb: Uint8Array): { palette: number[]; indices: Uint8Array } {
  const places = new Map<number, number>();
  const palette: number[] = [];
  const indices = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 0; at < rgb.length; i++, at += 3) {
    const [red = 0, green = 0, blue = 0] = [rgb[at], rgb[at + 1], rgb[at + 2]];
    const colour = (red << 16) | (green << 8) | blue;
    let place = places.get(colour);
    if (place === undefined) {
      place = places.size;
      places.set(colour, place);
      palette.push(red, green, blue);
    }
    indices[i] = place;
  }
  return { palette, indices };
}

/** Rows, each after a 0: no filter, the best for flat colours. */
function scanlines(samples: Uint8Array, rows: number): Uint8Array<ArrayBuffer> {
  const width = samples.length / rows;
  const lines = new Uint8Array((width + 1) * rows);
  for (let row = 0; row < rows; row++) {
    lines.set(samples.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return lines;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(
    [...type].map((letter) => letter.charCodeAt(0)),
    4,
  );
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
