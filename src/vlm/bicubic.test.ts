import { describe, expect, test } from 'vitest';
import { resizeBicubic } from './bicubic.ts';

/** The picture from which the values below were made, with Pillow 13.0's `resize(…, BICUBIC)`. */
function picture(width: number, height: number): Uint8Array {
  const rgb: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rgb.push(x * 97 + y * 31, x * 53 + y * 149 + 80, x * x * 13 + y * 7);
  }
  return Uint8Array.from(rgb);
}

describe('resizeBicubic', () => {
  test.each([
    [
      'narrower and higher',
      [5, 4, 3, 7],
      [
        40, 96, 1, 138, 206, 54, 88, 121, 172, 50, 111, 4, 154, 154, 57, 98, 141, 175, 71, 139, 8, 173, 72,
        61, 119, 168, 179, 89, 155, 13, 113, 117, 66, 137, 101, 184, 106, 144, 17, 52, 175, 70, 154, 55, 188,
        127, 69, 21, 71, 141, 74, 175, 156, 192, 137, 25, 24, 87, 117, 77, 185, 220, 195,
      ],
    ],
    [
      'so much lower that Pillow begins with the columns',
      [7, 9, 6, 4],
      [
        31, 143, 5, 142, 106, 25, 123, 160, 81, 113, 123, 187, 119, 147, 111, 89, 111, 194, 107, 96, 20, 150,
        136, 40, 58, 111, 96, 158, 135, 203, 80, 116, 126, 149, 137, 210, 164, 121, 36, 147, 99, 56, 148, 117,
        112, 104, 107, 214, 97, 123, 140, 146, 119, 220, 202, 163, 51, 81, 95, 71, 172, 113, 140, 120, 110,
        94, 176, 101, 95, 55, 86, 58,
      ],
    ],
    [
      'wider only, past black and white',
      [4, 3, 9, 3],
      [
        0, 75, 0, 10, 85, 1, 52, 109, 5, 103, 136, 14, 162, 160, 29, 195, 183, 49, 139, 210, 80, 54, 234, 110,
        20, 244, 123, 22, 248, 6, 41, 205, 8, 83, 102, 12, 134, 23, 21, 193, 37, 36, 226, 76, 56, 170, 103,
        87, 85, 127, 117, 51, 137, 130, 53, 117, 13, 75, 127, 15, 132, 151, 19, 156, 178, 28, 80, 218, 43, 3,
        231, 63, 27, 152, 94, 84, 49, 124, 106, 6, 137,
      ],
    ],
    ['much smaller', [6, 5, 2, 2], [100, 130, 37, 119, 138, 137, 120, 115, 53, 106, 123, 153]],
  ] as const)('is Pillow to the byte: %s', (_, [width, height, outWidth, outHeight], expected) => {
    expect([...resizeBicubic(picture(width, height), width, height, outWidth, outHeight)]).toEqual(expected);
  });

  test('leaves an image of the right size alone', () => {
    const rgb = picture(4, 3);
    expect(resizeBicubic(rgb, 4, 3, 4, 3)).toBe(rgb);
  });
});
