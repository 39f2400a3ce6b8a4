import { expect, test } from 'vitest';
import { mropeCosSin } from './mrope.ts';
import { HUB_3B } from './testing/hub-config.ts';
import { parseConfig } from './config.ts';

/** T, then H at 1::3 below 3 · section[1] and W at 2::3 below 3 · section[2] (`recomposition_frequencies`, Qwen3-VL's section). */
test('interleaved, the axes take turns, and what is left turns with time', () => {
  const { text } = parseConfig(HUB_3B, 'config.json');
  const config = {
    text: { ...text, headDim: 128, mropeSection: [24, 20, 20], mropeInterleaved: true } as const,
  };
  const axes = [[1], [1000], [3000]].map((axis) => Int32Array.from(axis));
  const { sin } = mropeCosSin({ axes: axes as [Int32Array, Int32Array, Int32Array] }, config);
  const expected = Array.from({ length: 64 }, (_, i) => {
    const position = i % 3 === 1 && i < 60 ? 1000 : i % 3 === 2 && i < 60 ? 3000 : 1;
    return Math.sin(position * text.ropeTheta ** ((-2 * i) / 128));
  });
  expected.forEach((value, i) => expect(sin[i]).toBeCloseTo(value, 3));
});
