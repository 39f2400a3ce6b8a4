import { expect, test } from 'vitest';
import { smartResize } from './smart-resize.ts';

// Values of transformers' smart_resize.
test.each([
  ['halves go to even: 1.5 and 2.5 units are two', [42, 70, 3136, 12845056], [56, 56]],
  ['small images grow', [10, 10, 3136, 12845056], [56, 56]],
  ['no side rounds to nothing', [3, 600, 3136, 12845056], [28, 812]],
  ['large images shrink', [1080, 1920, 3136, 1003520], [728, 1316]],
  ['a narrow image keeps one unit', [100, 3000, 3136, 50176], [28, 1204]],
  ['others go to the nearest multiple', [427, 640, 3136, 12845056], [420, 644]],
] as const)('%s', (_, [height, width, minPixels, maxPixels], [outHeight, outWidth]) => {
  expect(smartResize(height, width, { factor: 28, minPixels, maxPixels })).toEqual({
    height: outHeight,
    width: outWidth,
  });
});

test('an aspect ratio of 200 passes, more does not', () => {
  const limits = { factor: 28, minPixels: 3136, maxPixels: 12845056 };
  expect(smartResize(10, 2000, limits).height).toBe(28);
  expect(() => smartResize(10, 2001, limits)).toThrow(
    expect.objectContaining({ name: 'ImageAspectRatio', what: expect.stringContaining('200.1') as string }),
  );
});
