/** What is in no layer, where a head is tied, a repetition, or a matrix of its own: closed forms. */
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { folder } from '../checkpoint/testing/files.ts';
import { writeSafetensors } from '../checkpoint/testing/safetensors.ts';
import type { OverlapSection } from '../spectra/results/subspace-overlap-file.ts';
import { inlineThreads } from '../spectra/threads/inline.ts';
import { openWeights, withoutRepeatedHead } from '../vlm/stored-head.ts';
import { roleNames } from '../spectra/deltas/roles.ts';
import { diversityPlan, energyPlan, overlapPlan } from './testing/plans.ts';

const [HEAD, EMBEDDINGS, LAYER] = [
  'lm_head.weight',
  'model.embed_tokens.weight',
  'model.layers.0.mlp.down_proj.weight',
];
/** Embeddings 3 × 2 of ones; the head is these plus `head` at one place. */
type Head = 'none' | 'repeated' | number;

async function model(
  name: string,
  { head, ties = true, embedding = 1 }: { head: Head; ties?: boolean; embedding?: number },
): Promise<Checkpoint> {
  const tensor = (tensorName: string, values: readonly number[]) => ({
    name: tensorName,
    dtype: 'F32' as const,
    shape: [values.length / 2, 2],
    bytes: new Uint8Array(Float32Array.from(values).buffer),
  });
  const embeddings = Array.from({ length: 6 }, () => embedding);
  const own = embeddings.map((value, i) => (i === 3 && typeof head === 'number' ? value + head : value));
  const weights = writeSafetensors([
    tensor(LAYER, [1, 0, 0, 1]),
    tensor(EMBEDDINGS, embeddings),
    ...(head === 'none' ? [] : [tensor(HEAD, own)]),
  ]);
  const config = JSON.stringify({ text_config: { tie_word_embeddings: ties } });
  const files = folder({ 'model.safetensors': weights, 'config.json': config });
  return withoutRepeatedHead(await openWeights(files, { name }));
}

async function energyOf(base: Checkpoint, before: Checkpoint, outside = true) {
  const plan = energyPlan(roleNames({ base, in: before }), { outside });
  return plan.file(await plan.run({ threads: inlineThreads() }, {}));
}

describe('energy of what is in no layer', () => {
  it('compares a head of its own with the embeddings of a model that is tied, and says so', async () => {
    const file = await energyOf(await model('a', { head: 'none' }), await model('b', { head: 2 }));
    const rows = new Map(file.layers.map((row) => [row.param_name, row]));
    expect(rows.get(HEAD)).toMatchObject({
      layer_idx: null,
      // One element of six moved by 2; its head is five ones and a three.
      sft: { fro_norm: 2, relative_norm: 2 / (Math.sqrt(14) + 1e-8) },
      frankenscope: { unchanged: { sft: 5 / 6 }, read_from: { base: EMBEDDINGS } },
    });
    expect(rows.get(EMBEDDINGS)?.sft?.fro_norm).toBe(0);
    expect(rows.get(EMBEDDINGS)?.frankenscope).not.toHaveProperty('read_from');
    // Layers are as ever.
    expect(file.summary.map(({ layer_idx }) => layer_idx)).toEqual([1]);
  });

  it('compares two heads of their own as they are', async () => {
    const file = await energyOf(await model('a', { head: 1 }), await model('b', { head: 4 }));
    const head = file.layers.find(({ param_name }) => param_name === HEAD);
    expect(head?.sft?.fro_norm).toBe(3);
    expect(head?.frankenscope).not.toHaveProperty('read_from');
  });

  it.each([
    ['repeated', 'none'],
    ['none', 'repeated'],
    ['repeated', 'repeated'],
  ] as const)('has no head where it is the embeddings again: %s, %s', async (first, second) => {
    const [a, b] = [await model('a', { head: first }), await model('b', { head: second, embedding: 2 })];
    const file = await energyOf(a, b);
    expect(file.layers.map(({ param_name }) => param_name)).toEqual([LAYER, EMBEDDINGS]);
    expect(file.layers[1]?.sft?.fro_norm).toBeCloseTo(Math.sqrt(6), 12);
    expect(file.frankenscope?.mismatches).toEqual([]);
  });

  it('has a head where the config does not tie, whatever its values', async () => {
    const [a, b] = [await model('a', { head: 'repeated', ties: false }), await model('b', { head: 'none' })];
    const file = await energyOf(a, b);
    expect(file.layers.map(({ param_name }) => param_name)).toEqual([LAYER, HEAD, EMBEDDINGS]);
  });

  it('leaves all of it out unless asked, and names it', async () => {
    const file = await energyOf(await model('a', { head: 'none' }), await model('b', { head: 2 }), false);
    expect(file.layers.map(({ param_name }) => param_name)).toEqual([LAYER]);
    expect(file.frankenscope?.omitted).toContainEqual({ name: HEAD, reason: 'in no layer' });
  });
});

describe('spectra of what is in no layer', () => {
  it('are those of the head against the embeddings', async () => {
    const [base, before, rl] = [
      await model('a', { head: 'none' }),
      await model('b', { head: 2 }),
      await model('c', { head: 5 }),
    ];
    const set = roleNames({ base, in: before, rl });
    const common = { weights: 'lm_head', outside: true, seed: 1 } as const;
    const plan = diversityPlan(set, { ...common, topk: 2 });
    const computers = { threads: inlineThreads() };
    const file = plan.file(await plan.run(computers, {}));
    expect(file.layers.map(({ param_name }) => param_name)).toEqual([HEAD]);
    expect(file.layers[0]?.sft?.singular_values[0]).toBeCloseTo(2, 6);
    expect(file.layers[0]?.rl?.singular_values[0]).toBeCloseTo(3, 6);
    expect(file.layers[0]?.frankenscope?.read_from).toEqual({ base: EMBEDDINGS });
    const overlap = overlapPlan(set, { ...common, directions: 1 });
    const section = overlap.part?.(await overlap.run(computers, {})) as OverlapSection;
    // Both updates move the one element.
    expect(section.layers[0]?.output?.overlap).toBeCloseTo(1, 6);
    expect(section.layers[0]?.read_from).toEqual({ base: EMBEDDINGS });
  });
});
