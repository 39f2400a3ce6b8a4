/** PNGs that are read without the browser: against Pillow, and, line filters, against another decoder. */
import { decode } from 'fast-png';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32 } from '../work/crc32.ts';
import { plainPng } from './plain-png.ts';
import { type GoldenPictures, pixelsOf } from './testing/golden-pictures.ts';

const DATA = new URL('../../tools/goldens/data/image-profiles/', import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(`pictures/${name}`, DATA)));
const { pictures } = JSON.parse(readFileSync(new URL('transformers-5.json', DATA), 'utf8')) as GoldenPictures;

type Chunk = readonly [name: string, body: Uint8Array];

function png(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const written = chunks.map(([name, body]) => {
    const chunk = Buffer.alloc(12 + body.length);
    chunk.writeUInt32BE(body.length);
    chunk.write(name, 4, 'latin1');
    chunk.set(body, 8);
    chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + body.length)), 8 + body.length);
    return chunk;
  });
  return new Uint8Array(Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...written]));
}

function header(width: number, height: number, colour: number): Chunk {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width);
  body.writeUInt32BE(height, 4);
  body.set([8, colour], 8);
  return ['IHDR', body];
}

const data = (lines: Uint8Array): Chunk => ['IDAT', new Uint8Array(deflateSync(lines))];
const END: Chunk = ['IEND', new Uint8Array()];

/** Lines of arbitrary bytes, each with the next filter. */
function lines(width: number, height: number): Uint8Array {
  const all = Uint8Array.from({ length: (1 + width) * height }, (_, at) => (at * at * 73 + at * 151) >> 3);
  for (let y = 0; y < height; y++) all[y * (1 + width)] = y % 5;
  return all;
}

test('RGB is what Pillow makes of it', async () => {
  expect(await plainPng(bytesOf('rgb.png'))).toEqual(pixelsOf(pictures, 'rgb.png'));
});

test('what it does not read is left to others', async () => {
  for (const file of Object.keys(pictures).filter((name) => name !== 'rgb.png'))
    expect(await plainPng(bytesOf(file)), file).toBeNull();
});

test.each([
  ['grey', 0, 1],
  ['RGB', 2, 3],
])('lines of all filters, %s, in two pieces', async (_, colour, samples) => {
  const [width, height] = [13, 11];
  const packed = new Uint8Array(deflateSync(lines(samples * width, height)));
  const pieces = [packed.subarray(0, 50), packed.subarray(50)].map((part): Chunk => ['IDAT', part]);
  const file = png([header(width, height, colour), ['pHYs', new Uint8Array(9)], ...pieces, END]);
  const { data: expected } = decode(file);
  const rgb = samples === 3 ? [...expected] : [...expected].flatMap((value) => [value, value, value]);
  expect(new Set(rgb).size).toBeGreaterThan(60);
  expect(await plainPng(file)).toEqual({ width, height, rgb: Uint8Array.from(rgb) });
});

const PLAIN = header(4, 2, 3);
const COLOURS: Chunk = ['PLTE', Uint8Array.of(1, 2, 3, 40, 50, 60)];
const INDICES = Uint8Array.of(0, 0, 1, 0, 1, 0, 1, 1, 1, 0);

test('an indexed picture takes the entries of its palette', async () => {
  const found = await plainPng(png([PLAIN, COLOURS, data(INDICES), END]));
  const [a, b] = [
    [1, 2, 3],
    [40, 50, 60],
  ];
  expect(found?.rgb).toEqual(Uint8Array.from([a, b, a, b, b, b, b, a].flat() as number[]));
});

const changed = (at: number, value: number): Uint8Array =>
  INDICES.map((old, index) => (index === at ? value : old));

test.each<[string, readonly Chunk[]]>([
  ['an index beyond the palette', [PLAIN, COLOURS, data(changed(3, 2)), END]],
  ['a filter that there is not', [PLAIN, COLOURS, data(changed(5, 5)), END]],
  ['a line too few', [PLAIN, COLOURS, data(INDICES.subarray(0, 5)), END]],
  ['a byte too many', [PLAIN, COLOURS, data(Uint8Array.of(...INDICES, 0)), END]],
  ['data that cannot be unpacked', [PLAIN, COLOURS, ['IDAT', INDICES], END]],
  ['no palette', [PLAIN, data(INDICES), END]],
  ['a palette of parts of entries', [PLAIN, ['PLTE', new Uint8Array(8)], data(INDICES), END]],
  ['data in two places', [PLAIN, COLOURS, data(INDICES), ['tEXt', INDICES], ['tRNS', INDICES], END]],
  ['transparency', [PLAIN, COLOURS, ['tRNS', Uint8Array.of(0)], data(INDICES), END]],
  ['a gamma', [PLAIN, COLOURS, ['gAMA', new Uint8Array(4)], data(INDICES), END]],
  ['no end', [PLAIN, COLOURS, data(INDICES)]],
  ['more pixels than are read here', [header(1025, 1024, 3), COLOURS, data(INDICES), END]],
])('null for %s', async (_, chunks) => {
  expect(await plainPng(png(chunks))).toBeNull();
});

test('null where a byte was changed, or the file is cut short', async () => {
  const file = png([PLAIN, COLOURS, data(INDICES), END]);
  expect(await plainPng(file)).not.toBeNull();
  const flipped = file.map((value, at) => (at === 43 ? value ^ 1 : value));
  expect(await plainPng(flipped)).toBeNull();
  expect(await plainPng(file.slice(0, file.length - 1))).toBeNull();
});
