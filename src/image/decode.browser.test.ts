import { describe, expect, test, vi } from 'vitest';
import { prepareImage } from '../ui/connected/prepare-image.ts';
import { decodeImage } from './decode.ts';

const WIDTH = 20;
const HEIGHT = 12;
type Rgba = readonly [number, number, number, number];

/** A PNG written by hand, so that nothing but the decoder under test touches the pixels. */
async function png(
  pixel: (x: number, y: number) => Rgba,
  alpha: boolean,
  width = WIDTH,
  height = HEIGHT,
): Promise<Blob> {
  const rows: number[] = [];
  for (let y = 0; y < height; y++) {
    rows.push(0);
    for (let x = 0; x < width; x++) rows.push(...pixel(x, y).slice(0, alpha ? 4 : 3));
  }
  const zlib = new Blob([Uint8Array.from(rows)]).stream().pipeThrough(new CompressionStream('deflate'));
  const data = new Uint8Array(await new Response(zlib).arrayBuffer());
  const uint32 = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
  const chunk = (name: string, body: readonly number[]): number[] => {
    const named = [...new TextEncoder().encode(name), ...body];
    return [...uint32(body.length), ...named, ...uint32(crc32(named))];
  };
  const header = [...uint32(width), ...uint32(height), 8, alpha ? 6 : 2, 0, 0, 0];
  const file = [
    0x89,
    0x50,
    0x4e,
    0x47,
    13,
    10,
    26,
    10,
    ...chunk('IHDR', header),
    ...chunk('IDAT', [...data]),
  ];
  return new Blob([Uint8Array.from([...file, ...chunk('IEND', [])])], { type: 'image/png' });
}

function crc32(bytes: readonly number[]): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const base64 = (text: string, type: string): Blob =>
  new Blob([Uint8Array.from(atob(text), (character) => character.charCodeAt(0))], { type });

const gradient = (x: number, y: number): Rgba => [x * 12, y * 20, (x + y) * 7, 255];

function rgbOf(pixel: (x: number, y: number) => Rgba): number[] {
  return Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    pixel(i % WIDTH, Math.floor(i / WIDTH)).slice(0, 3),
  ).flat();
}

/** The gradient as lossless WebP. */
const WEBP = 'UklGRioAAABXRUJQVlA4TB4AAAAvE8ACALmM6H/sIqL/ASEBYYT/ezV1GOYgJgC41DU=';

/** 32 × 48 as stored: two columns and three rows of blocks of one colour; its EXIF says "turn right" (6). */
const TURNED_JPEG =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAAIBAQEBAQIBAQECAgIC' +
  'AgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoK' +
  'CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAAwACADASIAAhEBAxEB/8QAHwAAAQUBAQEB' +
  'AQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAk' +
  'M2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKj' +
  'pKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAA' +
  'AAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl' +
  '8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmq' +
  'srO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD5Hooor8fP9UD6Qooor5s/' +
  '5lz4Hooor/eA/sw/ogooor/kzP6cP5J6KKK/1wPy8/uYooooA//Z';

describe('decodeImage', () => {
  test('an opaque PNG gives its exact bytes', async () => {
    const { width, height, rgb } = await decodeImage(await png(gradient, false));
    expect([width, height]).toEqual([WIDTH, HEIGHT]);
    expect([...rgb]).toEqual(rgbOf(gradient));
  });

  test('a lossless WebP gives its exact bytes', async () => {
    const { rgb } = await decodeImage(base64(WEBP, 'image/webp'));
    expect([...rgb]).toEqual(rgbOf(gradient));
  });

  test('an image of many strips is put together again', async () => {
    const pixel = (x: number, y: number): Rgba => [x % 251, y % 251, (x * y) % 251, 255];
    const { rgb } = await decodeImage(await png(pixel, false, 1100, 1300));
    const wrong = rgb.findIndex((value, i) => {
      const position = Math.floor(i / 3);
      return value !== pixel(position % 1100, Math.floor(position / 1100))[i % 3];
    });
    expect(wrong).toBe(-1);
  });

  test('transparency is laid on white', async () => {
    const alpha = (x: number): number => [0, 255, 128, 40][x % 4] ?? 0;
    const { rgb } = await decodeImage(await png((x, y) => [x * 12, y * 20, 90, alpha(x)], true));
    // Pillow's paste(image, mask=alpha) on white.
    const expected = rgbOf((x, y) => {
      const on = (value: number): number => Math.round((value * alpha(x) + 255 * (255 - alpha(x))) / 255);
      return [on(x * 12), on(y * 20), on(90), 255];
    });
    const worst = rgb.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))), 0);
    expect(worst).toBeLessThanOrEqual(1);
    expect([...rgb.slice(0, 3)]).toEqual([255, 255, 255]);
    expect([...rgb.slice(3, 6)]).toEqual([12, 0, 90]);
  });

  test('a JPEG is turned as its EXIF orientation says', async () => {
    const { width, height, rgb } = await decodeImage(base64(TURNED_JPEG, 'image/jpeg'));
    expect([width, height]).toEqual([48, 32]);
    const blocks = [
      [40, 8, [200, 30, 40]],
      [40, 24, [20, 180, 60]],
      [24, 8, [30, 40, 210]],
      [24, 24, [220, 210, 30]],
      [8, 8, [10, 10, 10]],
      [8, 24, [240, 240, 240]],
    ] as const;
    for (const [x, y, colour] of blocks) {
      const found = rgb.subarray((y * width + x) * 3);
      colour.forEach((value, channel) => {
        expect(Math.abs((found[channel] ?? NaN) - value)).toBeLessThanOrEqual(4);
      });
    }
  });

  test.each([
    ['text', new File(['hello'], 'hello.png', { type: 'image/png' })],
    ['nothing', new File([], 'hello.png')],
  ])('%s is not an image', async (_, file) => {
    await expect(decodeImage(file)).rejects.toMatchObject({
      name: 'NotAnImage',
      place: { file: 'hello.png' },
    });
  });

  test('a file that ends in its header is not an image', async () => {
    const whole = await png(gradient, false);
    await expect(decodeImage(whole.slice(0, 40))).rejects.toMatchObject({ name: 'NotAnImage' });
  });

  test.each([
    ['GIF', [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x20, 0x4e, 0x20, 0x4e, 0, 0, 0]],
    [
      'BMP',
      [0x42, 0x4d, 0, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0, 12, 0, 0, 0, 0x20, 0x4e, 0x20, 0x4e, 1, 0, 24, 0],
    ],
  ])('a %s of 20000 × 20000 never reaches the decoder', async (_, bytes) => {
    const decoder = vi.spyOn(globalThis, 'createImageBitmap');
    await expect(decodeImage(new Blob([Uint8Array.from(bytes)]))).rejects.toMatchObject({
      name: 'ImageTooLarge',
      what: 'the image has 20000 × 20000 = 400000000 pixels; the limit is 89478485',
    });
    await expect(prepareImage(new Blob([Uint8Array.from(bytes)]), 1000)).rejects.toMatchObject({
      name: 'ImageTooLarge',
    });
    expect(decoder).not.toHaveBeenCalled();
    decoder.mockRestore();
  });

  test('a small file that would unfold into gigabytes is refused with numbers', async () => {
    const bytes = new Uint8Array(await (await png(gradient, false)).arrayBuffer());
    new DataView(bytes.buffer).setUint32(16, 60000);
    new DataView(bytes.buffer).setUint32(20, 60000);
    await expect(decodeImage(new Blob([bytes]))).rejects.toMatchObject({
      name: 'ImageTooLarge',
      what: 'the image has 60000 × 60000 = 3600000000 pixels; the limit is 89478485',
    });
  });
});
