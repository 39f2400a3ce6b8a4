/** Sizes of files of every kind against Pillow (`tools/picture-sizes/make.py`), and files that lie about theirs. */
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { NamedError } from '../named-error.ts';
import { MAX_DECODED_PIXELS } from './dimensions.ts';
import { checkPicture, readPicture } from './gate.ts';
import { barePng } from './png-inflated.ts';

const DATA = new URL('../../tools/picture-sizes/data/pictures.json', import.meta.url);
const { read, refused } = JSON.parse(readFileSync(DATA, 'utf8')) as {
  read: Record<string, [number, number, string]>;
  refused: Record<string, string>;
};
const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(base64, 'base64'));
const known = (name: string): Uint8Array<ArrayBuffer> => bytesOf(read[name]?.[2] ?? '');

function problemOf(bytes: Uint8Array): Pick<NamedError, 'name' | 'what' | 'remedy'> {
  try {
    checkPicture(bytes, { file: 'x' });
  } catch (error) {
    if (error instanceof NamedError) return error;
    throw error;
  }
  throw new Error('it was let through');
}

/** A copy in which `edit` wrote. */
function changed(name: string, edit: (view: DataView, bytes: Uint8Array) => void): Uint8Array<ArrayBuffer> {
  const bytes = known(name).slice();
  edit(new DataView(bytes.buffer), bytes);
  return bytes;
}
const find = (bytes: Uint8Array, text: string): number => Buffer.from(bytes).indexOf(text, 0, 'latin1');

describe('the size that a file states', () => {
  test.each(Object.entries(read))('%s, as Pillow reads it', (_, [width, height, base64]) => {
    expect(checkPicture(bytesOf(base64))).toEqual({ width, height });
  });

  test.each(Object.entries(refused))('%s is refused by name', (_, base64) => {
    const { name, what, remedy } = problemOf(bytesOf(base64));
    expect(name).toBe('UnsupportedImage');
    expect(what).toMatch(/^a (?:TIFF|JPEG XL|JPEG 2000|SVG|PDF|PNM) file does not say/);
    expect(remedy).toBe('Save it as PNG, JPEG or WebP.');
  });

  test('a JPEG says it behind more than 1 MiB of previews', () => {
    const [head, ...rest] = [known('baseline.jpg').subarray(0, 2), known('baseline.jpg').subarray(2)];
    const filler = Buffer.concat(
      Array.from({ length: 30 }, () => [0xff, 0xed, 0xff, 0xff]).map((marker) =>
        Buffer.concat([Buffer.from(marker), Buffer.alloc(65533)]),
      ),
    );
    expect(checkPicture(Buffer.concat([head, filler, ...rest]))).toEqual({ width: 37, height: 23 });
  });
});

describe('a file that would take gigabytes is refused before it is decoded', () => {
  const [most, side] = [MAX_DECODED_PIXELS, 20_000];
  const large: readonly [string, Uint8Array][] = [
    ['PNG', changed('RGB.png', (view) => (view.setUint32(16, side), view.setUint32(20, side)))],
    [
      'APNG whose frame is larger than its picture',
      changed('animated.png', (view, bytes) => {
        const at = find(bytes, 'fcTL');
        view.setUint32(at + 8, side);
        view.setUint32(at + 12, side);
      }),
    ],
    [
      'JPEG',
      changed('progressive.jpg', (view, bytes) => {
        const at = find(bytes, '\xff\xc2');
        view.setUint16(at + 5, side);
        view.setUint16(at + 7, side);
      }),
    ],
    [
      'JPEG with a second, large frame',
      (() => {
        const small = known('baseline.jpg');
        const at = find(small, '\xff\xc0');
        const frame = Uint8Array.from(small.subarray(at, at + 19));
        new DataView(frame.buffer).setUint32(5, side * 2 ** 16 + side);
        return Buffer.concat([small.subarray(0, at + 19), frame, small.subarray(at + 19)]);
      })(),
    ],
    [
      'WebP whose frame is larger than its canvas',
      changed('alpha.webp', (view, bytes) => {
        const at = find(bytes, 'VP8 ');
        view.setUint16(at + 14, 0x3fff, true);
        view.setUint16(at + 16, 0x3fff, true);
      }),
    ],
    [
      'WebP, animated, with a large frame',
      changed('animated.webp', (_, bytes) =>
        bytes.fill(255, find(bytes, 'ANMF') + 14, find(bytes, 'ANMF') + 20),
      ),
    ],
    [
      'GIF by its screen',
      changed('still.gif', (view) => (view.setUint16(6, side, true), view.setUint16(8, side, true))),
    ],
    [
      'GIF with a small screen and a large frame',
      changed('still.gif', (view, bytes) => {
        const at = bytes.indexOf(0x2c, 13 + 3 * 2 ** (((bytes[10] ?? 0) & 7) + 1));
        expect(view.getUint16(at + 5, true)).toBe(37);
        view.setUint16(at + 5, side, true);
        view.setUint16(at + 7, side, true);
      }),
    ],
    [
      'GIF whose frame lies far out',
      changed('still.gif', (view, bytes) => {
        const at = bytes.indexOf(0x2c, 13 + 3 * 2 ** (((bytes[10] ?? 0) & 7) + 1));
        view.setUint16(at + 1, side, true);
        view.setUint16(at + 3, side, true);
      }),
    ],
    ['BMP', changed('RGB.bmp', (view) => (view.setInt32(18, side, true), view.setInt32(22, side, true)))],
    [
      'BMP from the top',
      changed('RGB.bmp', (view) => (view.setInt32(18, side, true), view.setInt32(22, -side, true))),
    ],
    ['BMP of -2^31 lines', changed('RGB.bmp', (view) => view.setInt32(22, -(2 ** 31), true))],
    [
      'BMP, OS/2',
      changed('head-12.bmp', (view) => (view.setUint16(18, side, true), view.setUint16(20, side, true))),
    ],
    [
      'BMP, V5',
      changed('head-124.bmp', (view) => (view.setInt32(18, side, true), view.setInt32(22, side, true))),
    ],
    [
      'icon whose PNG is large',
      changed('png.ico', (view, bytes) => {
        const at = find(bytes, 'IHDR');
        view.setUint32(at + 4, side);
        view.setUint32(at + 8, side);
      }),
    ],
    [
      'icon whose bitmap is large',
      changed('bmp.ico', (view) => {
        const at = view.getUint32(6 + 12, true);
        view.setInt32(at + 4, side, true);
        view.setInt32(at + 8, side, true);
      }),
    ],
    [
      'AVIF',
      changed('still.avif', (view, bytes) => {
        const at = find(bytes, 'ispe');
        view.setUint32(at + 8, side);
        view.setUint32(at + 12, side);
      }),
    ],
    [
      'AVIF whose second item is large',
      changed('alpha.avif', (view, bytes) => {
        const at = Buffer.from(bytes).lastIndexOf('ispe', undefined, 'latin1');
        view.setUint32(at + 8, side);
        view.setUint32(at + 12, side);
      }),
    ],
  ];
  test.each(large)('%s', (_, bytes) => {
    const { name, what } = problemOf(bytes);
    expect(name).toBe('ImageTooLarge');
    expect(what).toMatch(/^the image has \d+ × \d+ = \d+ pixels; /);
  });

  test('the limit is the same for all, to the pixel, and a side has one of its own', () => {
    const sized = (width: number, height: number) =>
      changed('RGB.bmp', (view) => (view.setInt32(18, width, true), view.setInt32(22, height, true)));
    expect(checkPicture(sized(9459, 9459))).toEqual({ width: 9459, height: 9459 });
    expect(9459 ** 2).toBeLessThanOrEqual(most);
    expect(problemOf(sized(9459, 9460)).name).toBe('ImageTooLarge');
    expect(checkPicture(sized(65535, 1))).toEqual({ width: 65535, height: 1 });
    expect(problemOf(sized(65536, 1)).what).toContain('the longest side there may be is 65535');
  });

  test('a file larger than any picture is not read', async () => {
    const file = new File([], 'x.png');
    Object.defineProperty(file, 'size', { value: 2 ** 40 });
    await expect(readPicture(file)).rejects.toMatchObject({
      name: 'ImageTooLarge',
      place: { file: 'x.png' },
    });
  });
});

describe('a file of parts without end is refused soon', () => {
  const [u16, u32] = [
    (value: number) => Buffer.from([value & 255, value >> 8]),
    (value: number) => Buffer.from(Uint32Array.of(value).buffer),
  ];
  const head = known('RGB.png').subarray(0, 33);
  /** A PNG of that many empty chunks. */
  const chunks = (count: number) => Buffer.concat([head, Buffer.alloc(12 * count, '\0\0\0\0tEXt\0\0\0\0')]);

  test.each<[string, () => Uint8Array]>([
    ['a PNG of two million chunks', () => chunks(2e6)],
    [
      'a WebP',
      () => Buffer.concat([known('lossy.webp').subarray(0, 12), Buffer.alloc(16e6, 'abcd\0\0\0\0')]),
    ],
    [
      'an AVIF',
      () => Buffer.concat([known('still.avif').subarray(0, 32), Buffer.alloc(16e6, '\0\0\0\x08free')]),
    ],
    [
      'an icon that names one PNG 60,000 times',
      () => {
        const entry = Buffer.concat([Buffer.alloc(12), u32(6 + 16 * 60_000)]);
        return Buffer.concat([u16(0), u16(1), u16(60_000), Buffer.alloc(16 * 60_000, entry), chunks(60_000)]);
      },
    ],
  ])('%s', (_, bytes) => {
    const file = bytes();
    const before = process.cpuUsage();
    const { name, what } = problemOf(file);
    const { user, system } = process.cpuUsage(before);
    expect([name, what]).toEqual(['ImageTooLarge', expect.stringContaining('has more than 1048576 parts')]);
    expect((user + system) / 1e6).toBeLessThan(5);
  });

  test('frames within frames of a WebP are none', () => {
    const frames = Array.from({ length: 50_000 }, (_, at) =>
      Buffer.concat([Buffer.from('ANMF'), u32((50_000 - at) * 24 - 8), Buffer.alloc(16)]),
    );
    const file = Buffer.concat([known('lossy.webp').subarray(0, 12), ...frames]);
    expect(checkPicture(file)).toEqual({ width: 1, height: 1 });
  });

  test('a PNG begins with its size', () => {
    const late = Buffer.concat([head.subarray(0, 8), Buffer.from('\0\0\0\0tEXt\0\0\0\0'), head.subarray(8)]);
    expect(problemOf(late).name).toBe('NotAnImage');
  });

  test('what Git LFS leaves in the place of a picture is named as that', () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 386472\n';
    expect(problemOf(Buffer.from(pointer)).name).toBe('LfsPointer');
  });
});

describe('no size, no picture', () => {
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('hello')],
    ['HTML', Buffer.from('<!doctype html><img src=x>')],
    ['zeros', new Uint8Array(100)],
    ['a PNG without its first chunk', known('RGB.png').subarray(0, 8)],
    ['a PNG of no pixels', changed('RGB.png', (view) => view.setUint32(16, 0))],
    ['a JPEG that ends before its size', known('baseline.jpg').subarray(0, 40)],
    [
      'a JPEG whose height comes later',
      changed('baseline.jpg', (view, bytes) => view.setUint16(find(bytes, '\xff\xc0') + 5, 0)),
    ],
    [
      'a JPEG with its scan first',
      Uint8Array.of(255, 0xd8, 255, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 255, 0xc0, 0, 17, 8, 0, 9, 0, 9, 3),
    ],
    ['a WebP without a frame', known('lossy.webp').subarray(0, 12)],
    ['a GIF of no screen', changed('still.gif', (view) => view.setUint32(6, 0)).subarray(0, 13)],
    ['a BMP with a head of 4 bytes', changed('RGB.bmp', (view) => view.setUint32(14, 4, true))],
    ['an icon of no pictures', Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 0)],
    ['an AVIF without extents', known('still.avif').subarray(0, 40)],
    [
      'boxes within boxes without end',
      Buffer.concat([
        known('still.avif').subarray(0, 32),
        ...Array.from({ length: 5000 }, () => Buffer.from([0, 0, 0, 0, 0x6d, 0x65, 0x74, 0x61, 0, 0, 0, 0])),
      ]),
    ],
  ])('%s', (_, bytes) => {
    const { name, remedy } = problemOf(bytes);
    expect(name).toBe('NotAnImage');
    expect(remedy).not.toBe('');
  });

  test('whatever is cut or flipped is told by name, and soon', () => {
    for (const [name, [, , base64]] of Object.entries(read)) {
      const whole = bytesOf(base64);
      for (let at = 0; at < Math.min(whole.length, 200); at++) {
        for (const bytes of [
          whole.subarray(0, at),
          Uint8Array.from(whole, (byte, i) => (i === at ? byte ^ 255 : byte)),
        ]) {
          try {
            const { width, height } = checkPicture(bytes);
            expect(width * height, name).toBeLessThanOrEqual(MAX_DECODED_PIXELS);
          } catch (error) {
            if (!(error instanceof NamedError)) throw error;
          }
        }
      }
    }
  });
});

describe('a PNG for the decoder that unfolds whatever it is given', () => {
  const chunk = (name: string, data: Uint8Array): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(name, 'latin1'), data, Buffer.alloc(4)]);
  };
  const pngWith = (...chunks: Buffer[]): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(
      Buffer.concat([known('16.png').subarray(0, 33), ...chunks, chunk('IEND', Buffer.alloc(0))]),
    );

  test('its pixels are counted before they are held', async () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000));
    await expect(barePng(pngWith(chunk('IDAT', bomb)))).rejects.toThrow('unfold into more than the');
  });

  test('a packed profile or text is left out', async () => {
    const packed = Buffer.concat([Buffer.from('x\0\0'), deflateSync(Buffer.alloc(50_000_000))]);
    const pixels = deflateSync(Buffer.alloc(23 * (1 + 2 * 37)));
    const bare = await barePng(pngWith(chunk('iCCP', packed), chunk('zTXt', packed), chunk('IDAT', pixels)));
    expect(bare?.length).toBeLessThan(300);
    expect(Buffer.from(bare ?? []).toString('latin1')).not.toMatch(/iCCP|zTXt/);
  });

  test('every PNG of the goldens stays whole', async () => {
    for (const name of Object.keys(read).filter((file) => file.endsWith('.png')))
      expect(find((await barePng(known(name))) ?? new Uint8Array(), 'IEND'), name).toBeGreaterThan(40);
  });
});
