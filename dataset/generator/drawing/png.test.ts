import { promisify } from 'node:util';
import { crc32, deflate, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodePng } from './png.ts';

const SIZE = 40;
const deflated = promisify(deflate);

/** Reads what we write: chunks with right checksums, unfiltered rows, a palette or none. */
function decode(png: Uint8Array): { size: number; rgb: number[] } {
  const bytes = Buffer.from(png);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    expect(crc32(body)).toBe(bytes.readUInt32BE(at + 8 + length));
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += length + 12;
  }
  const palette = chunks.get('PLTE');
  const size = chunks.get('IHDR')?.readUInt32BE(0) ?? 0;
  const lines = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const width = lines.length / size;
  const samples = [...lines].filter((_, i) => i % width !== 0);
  return { size, rgb: palette ? samples.flatMap((i) => [...palette.subarray(3 * i, 3 * i + 3)]) : samples };
}

test.each([
  ['few colours', (i: number) => [20, 40, 240][i % 3] ?? 0],
  ['more than a palette holds', (i: number) => (i * 7919) % 256],
])('%s come back', async (_, value) => {
  const rgb = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_value, i) => value(i));
  const png = await encodePng(rgb, SIZE, (raw) => deflated(raw));
  expect([...png.subarray(1, 4)]).toEqual([...'PNG'].map((letter) => letter.charCodeAt(0)));
  expect(decode(png)).toEqual({ size: SIZE, rgb: [...rgb] });
});
