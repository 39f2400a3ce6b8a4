import { describe, expect, it } from 'vitest';
import { slotBytes } from '../../graph/weights.ts';
import type { VlmConfig } from '../../vlm/config.ts';
import { expectedWeights } from '../../vlm/weights.ts';
import { QWEN_7B } from '../testing/qwen-7b.ts';
import { headKey, headShards, planWeights } from './plan.ts';

const DTYPES = ['f32', 'f16', 'q8', 'q4'] as const;
const MIB = 2 ** 20;
const TIED: VlmConfig = { ...QWEN_7B, text: { ...QWEN_7B.text, tieWordEmbeddings: true } };

describe('the plan of a 7B checkpoint', () => {
  const expected = new Map(expectedWeights(QWEN_7B).map(({ name, shape }) => [name, shape]));

  it.each(DTYPES)('in %s takes every tensor once, in its shape, but the embedding', (dtype) => {
    const plan = planWeights(QWEN_7B, dtype, Infinity);
    const taken = plan.map(({ tensor }) => tensor);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.sort()).toEqual(
      [...expected.keys()].filter((name) => name !== 'model.embed_tokens.weight').sort(),
    );
    for (const { tensor, rows, columns, firstRow } of plan) {
      const shape = expected.get(tensor) as readonly number[];
      const [first, ...rest] = shape as [number, ...number[]];
      const matrix = shape.length === 1 ? [1, first] : [first, rest.reduce((a, b) => a * b)];
      expect([tensor, rows, columns, firstRow]).toEqual([tensor, ...matrix, 0]);
    }
  });

  it('keeps vectors and the patch embedding in f32, the vision tower in 8 bits at least', () => {
    const formats = new Map(
      planWeights(QWEN_7B, 'q4', Infinity).map(({ tensor, format }) => [tensor, format]),
    );
    expect(formats.get('model.layers.27.mlp.down_proj.weight')).toBe('q4');
    expect(formats.get('lm_head.weight')).toBe('q4');
    expect(formats.get('visual.blocks.31.mlp.down_proj.weight')).toBe('q8');
    expect(formats.get('visual.merger.mlp.2.weight')).toBe('q8');
    expect(formats.get('visual.patch_embed.proj.weight')).toBe('f32');
    expect(formats.get('model.layers.0.self_attn.q_proj.bias')).toBe('f32');
    expect(formats.get('model.norm.weight')).toBe('f32');
  });

  it.each(DTYPES)('in %s splits the head for a binding of 128 MiB, rows without gap or overlap', (dtype) => {
    const head = planWeights(QWEN_7B, dtype, 128 * MIB).filter(({ tensor }) => tensor === 'lm_head.weight');
    let next = 0;
    for (const { firstRow, rows, slots } of head) {
      expect(firstRow).toBe(next);
      next += rows;
      for (const slot of slots) expect(slotBytes(slot)).toBeLessThanOrEqual(128 * MIB);
    }
    expect(next).toBe(152_064);
    const names = head.flatMap(({ slots }) => slots.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toBe('lm_head.0.weight');
  });

  it('has one final norm, however many shards', () => {
    const norms = planWeights(QWEN_7B, 'f32', 128 * MIB).filter(
      ({ tensor }) => tensor === 'model.norm.weight',
    );
    expect(norms).toHaveLength(1);
    expect(norms[0]?.slots[0]?.name).toBe(headKey('norm.weight', 3));
  });

  it('of a tied checkpoint takes the head from the embedding', () => {
    const tensors = planWeights(TIED, 'q8', Infinity).map(({ tensor }) => tensor);
    expect(tensors).toContain('model.embed_tokens.weight');
    expect(tensors).not.toContain('lm_head.weight');
  });
});

describe('head shards', () => {
  const text = { ...QWEN_7B.text, vocabSize: 10 };
  const rowBytes = 3584 * 4;

  it.each([
    [10, [10]],
    [9.99, [5, 5]],
    [4, [4, 4, 2]],
    // Evenly cut into two, one row would be too many for the limit.
    [4.5, [4, 4, 2]],
    [1, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    [1.7, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    [3, [3, 3, 3, 1]],
  ])('of 10 rows where %d fit', (fit, rows) => {
    const shards = headShards(text, 'f32', fit * rowBytes);
    expect(shards.map((shard) => shard.rows)).toEqual(rows);
    expect(shards.map(({ start }) => start)).toEqual(
      rows.map((_, at) => rows.slice(0, at).reduce((a, b) => a + b, 0)),
    );
  });

  it('never exceed the limit, nor are they empty, whatever it is', () => {
    for (let fit = 1; fit < 12; fit += 0.13) {
      for (let vocabSize = 1; vocabSize < 40; vocabSize++) {
        const shards = headShards({ ...text, vocabSize }, 'f32', fit * rowBytes);
        expect(shards.reduce((sum, { rows }) => sum + rows, 0)).toBe(vocabSize);
        expect(Math.min(...shards.map(({ rows }) => rows))).toBeGreaterThan(0);
        expect(Math.max(...shards.map(({ rows }) => rows))).toBeLessThanOrEqual(fit);
      }
    }
  });
});
