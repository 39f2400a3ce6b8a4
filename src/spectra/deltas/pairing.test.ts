import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../checkpoint/checkpoint.ts';
import { fileWith, folder } from '../../checkpoint/testing/files.ts';
import { NamedError } from '../../named-error.ts';
import type { TestTensor } from '../testing/triples.ts';
import { testCheckpoint } from '../testing/triples.ts';
import { deltasOf } from './delta-spec.ts';
import { pairTensors } from './pairing.ts';
import { unsharedSentence } from './unshared.ts';

const tensor = (name: string, shape: number[]): TestTensor => ({
  name,
  shape,
  values: new Float32Array(shape.reduce((product, dim) => product * dim, 1)),
});
async function set(folders: Readonly<Record<string, TestTensor[]>>): Promise<Map<string, Checkpoint>> {
  const opened = Object.entries(folders).map(
    async ([role, tensors]) => [role, await testCheckpoint(tensors)] as const,
  );
  return new Map(await Promise.all(opened));
}
const Q = 'model.layers.0.self_attn.q_proj.weight';
const UP = 'model.layers.0.mlp.up_proj.weight';
const HEAD = 'lm_head.weight';
const EMBEDDING = 'model.embed_tokens.weight';

describe('pairTensors', () => {
  it('names what is missing or shaped otherwise, and goes on with the rest', async () => {
    const checkpoints = await set({
      in: [tensor(Q, [4, 4]), tensor(UP, [6, 4]), tensor('model.layers.1.mlp.up_proj.weight', [6, 4])],
      rl: [tensor(Q, [4, 4]), tensor(UP, [6, 5])],
    });
    const { families, mismatches, layers } = pairTensors(checkpoints, { weights: null });
    expect(families.map(({ name }) => name)).toEqual([Q]);
    expect(layers).toBe(2);
    expect(mismatches).toEqual([
      { name: UP, kind: 'shape', what: '[6, 4] in in, [6, 5] in rl' },
      { name: 'model.layers.1.mlp.up_proj.weight', kind: 'missing', what: 'not in rl' },
    ]);
  });

  it('counts and names whatever is not shared, selected or not', async () => {
    const checkpoints = await set({
      base: [tensor(Q, [4, 4]), tensor(UP, [6, 4]), tensor(EMBEDDING, [9, 4]), tensor(HEAD, [9, 4])],
      in: [tensor(Q, [4, 4]), tensor(EMBEDDING, [11, 4])],
    });
    const pairing = pairTensors(checkpoints, { weights: null });
    expect(pairing.unshared).toEqual([
      { name: HEAD, kind: 'missing', what: 'not in in' },
      { name: EMBEDDING, kind: 'shape', what: '[9, 4] in base, [11, 4] in in' },
      { name: UP, kind: 'missing', what: 'not in in' },
    ]);
    expect(unsharedSentence(pairing)).toBe(
      `3 tensors are not in every checkpoint in one shape, and not compared: ${HEAD} (not in in), ${EMBEDDING} ([9, 4] in base, [11, 4] in in), ${UP} (not in in); 1 tensor is compared.`,
    );
    const alike = await set({ base: [tensor(Q, [4, 4])], in: [tensor(Q, [4, 4])] });
    expect(unsharedSentence(pairTensors(alike, { weights: null }))).toBeNull();
  });

  it('names a tensor that one checkpoint stores in a dtype that is not read', async () => {
    const readable = await set({ base: [tensor(Q, [4, 4]), tensor('spare.weight', [2])] });
    const [base] = readable.values();
    const q = '{"dtype":"F32","shape":[4,4],"data_offsets":[0,64]}';
    const header = `{"${Q}":${q},"spare.weight":{"dtype":"C64","shape":[2],"data_offsets":[64,80]}}`;
    const other = await openCheckpoint(folder({ 'model.safetensors': fileWith(header, 80) }));
    if (!base) throw new Error('no base');
    const { unshared } = pairTensors(
      new Map([
        ['base', base],
        ['in', other],
      ]),
      { weights: null },
    );
    expect(unshared).toEqual([
      { name: 'spare.weight', kind: 'missing', what: 'C64 in in, which is not read' },
    ]);
  });

  it('refuses checkpoints with nothing in common, saying why', async () => {
    const other = await set({ in: [tensor(Q, [4, 4])], rl: [tensor(Q, [8, 4])] });
    expect(() => pairTensors(other, { weights: null })).toThrow(NamedError);
    expect(() => pairTensors(other, { weights: null })).toThrow('[4, 4] in in, [8, 4] in rl');
    const same = await set({ in: [tensor(Q, [4, 4])], rl: [tensor(Q, [4, 4])] });
    expect(() => pairTensors(same, { weights: 'router' })).toThrow('"router"');
  });

  it('lets an embedding stand in for a head that is tied to it', async () => {
    const checkpoints = await set({
      in: [tensor(EMBEDDING, [9, 4])],
      rl: [tensor(EMBEDDING, [9, 4]), tensor(HEAD, [9, 4])],
    });
    const { families, mismatches } = pairTensors(checkpoints, { weights: null, outside: true });
    expect(mismatches).toEqual([]);
    expect(families.map(({ name }) => name)).toEqual([HEAD, EMBEDDING]);
    expect(families[0]?.entries.get('in')?.name).toBe(EMBEDDING);
  });

  it('selects by a part of the name, and matrices alone when asked', async () => {
    const checkpoints = await set({
      in: [tensor(Q, [4, 4]), tensor(UP, [6, 4]), tensor('visual.merger.ln_q.weight', [4])],
    });
    const names = (weights: string | null, matrices = false): string[] =>
      pairTensors(checkpoints, { weights, matrices }).families.map(({ name }) => name);
    expect(names('up_proj')).toEqual([UP]);
    // As in the reference, which asks for "weight" and against "norm".
    expect(names(null)).toEqual(['visual.merger.ln_q.weight', UP, Q]);
    expect(names(null, true)).toEqual([UP, Q]);
  });
});

describe('deltasOf', () => {
  it.each([
    [['base', 'in', 'rl'], {}, ['sft in-base/in', 'rl rl-in/in']],
    [['base', 'in', 'rl'], { rlFrom: 'base' }, ['sft in-base/in', 'rl rl-base/in']],
    [['base', 'in'], {}, ['sft in-base/in']],
    [['in', 'rl'], {}, ['rl rl-in/in']],
    [['base', 'rl'], {}, ['rl rl-base/base']],
    [['in', 'rl', 'frozen'], {}, ['rl rl-in/in', 'frozen frozen-in/in']],
    [['in', 'rl', 'frozen'], { reference: 'rl' }, ['rl rl-in/in', 'frozen frozen-rl/rl']],
  ] as const)('%o %o → %o', (roles, choice, expected) => {
    const specs = deltasOf(roles, choice);
    expect(specs.map(({ key, to, from, relativeTo }) => `${key} ${to}-${from}/${relativeTo}`)).toEqual(
      expected,
    );
  });
});
