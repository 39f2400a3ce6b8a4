import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import type { ImageGrid } from './image-grid.ts';
import { mropeCosSin, mropePositions, textPositions } from './mrope.ts';

interface Case {
  readonly inputIds: number[];
  readonly positionIds: number[][];
  readonly ropeDelta: number;
  readonly imageGridThw: ImageGrid[];
}
const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../tools/goldens/data/${path}`, import.meta.url), 'utf8'));
const NAMES = ['untied-gqa4-f32', 'tied-gqa1-bf16-old', 'untied-gqa7-bf16-new', 'untied-gqa2-f16'];
const configOf = (name: string) => parseConfig(read(`checkpoints/${name}/config.json`), 'config.json');
const casesOf = (name: string): [string, Case][] =>
  Object.entries((read(`expected/${name}.json`) as { cases: Record<string, Case> }).cases);

describe('mropePositions', () => {
  test.each(NAMES.flatMap((name) => casesOf(name).map(([label, golden]) => [name, label, golden] as const)))(
    'are those of transformers: %s, %s',
    (name, _, { inputIds, positionIds, ropeDelta, imageGridThw }) => {
      const { axes, next } = mropePositions(inputIds, imageGridThw, configOf(name));
      expect(axes.map((axis) => [...axis])).toEqual(positionIds);
      expect(next).toBe(inputIds.length + ropeDelta);
    },
  );

  test('image tokens and images must agree', () => {
    const config = configOf('untied-gqa4-f32');
    const image = config.tokens.image;
    const refuse = (ids: number[], grids: ImageGrid[]): void => {
      expect(() => mropePositions(ids, grids, config)).toThrow(
        expect.objectContaining({ name: 'ImageTokenMismatch' }),
      );
    };
    refuse([1, image, image, 2], []);
    refuse([1, image, image, 2], [[1, 4, 4]]);
    refuse([1, image, image], [[1, 4, 4]]);
    refuse([1, 2], [[1, 4, 4]]);
  });
});

describe('mropeCosSin', () => {
  const config = {
    text: { ...configOf('untied-gqa4-f32').text, headDim: 128, mropeSection: [16, 24, 24] as const },
  };

  // Values of transformers' Qwen2_5_VLRotaryEmbedding at position (21, 22, 23), θ = 1e6, sections 16, 24, 24.
  test('turns each section with its own axis', () => {
    const axes = [21, 22, 23].map((position) => Int32Array.of(position)) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ];
    const { cos, sin } = mropeCosSin({ axes }, config);
    const samples = [
      [0, -0.5477292537689209, 0.8366556167602539],
      [16, 0.7676045298576355, 0.640923798084259],
      [40, 0.9999916553497314, 0.004090031608939171],
    ] as const;
    for (const [i, c, s] of samples) {
      expect(Math.abs((cos[i] ?? NaN) - c)).toBeLessThan(1e-7);
      expect(Math.abs((sin[i] ?? NaN) - s)).toBeLessThan(1e-7);
    }
  });

  test('text turns all sections with one position', () => {
    const { cos } = mropeCosSin(textPositions(5, 2), config);
    expect(cos[64]).toBeCloseTo(Math.cos(6), 6);
    expect(cos).toHaveLength(128);
  });
});
