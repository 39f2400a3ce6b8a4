import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { folder } from '../../checkpoint/testing/files.ts';
import { qwenTensors, SHAPE_7B } from '../../checkpoint/testing/qwen-layout.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { NamedError } from '../../named-error.ts';
import { parseBlocks } from '../recipe/blocks.ts';
import type { Edit, Recipe } from '../recipe/recipe.ts';
import { restFrom } from '../recipe/recipe.ts';
import type { OpenDonors } from '../testing/donors.ts';
import { goldenDonors, openDonors, sparse7b } from '../testing/donors.ts';
import { openDonor } from './donor.ts';
import type { MergePlan } from './plan.ts';
import { planMerge } from './plan.ts';
import { summarizePlan } from './summary.ts';

const ALL = { first: 1, last: 3 };
let open: OpenDonors;

beforeAll(async () => {
  open = await goldenDonors({ IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' });
});

function recipe(edits: readonly Edit[] = [], layers: readonly string[] = ['IN', 'RL', 'RL']): Recipe {
  return { layers, rest: restFrom('IN'), edits };
}
function made(plan: MergePlan, name: string): unknown {
  const operation = plan.tensors.find((tensor) => tensor.name === name)?.operation;
  if (operation?.kind !== 'compute') return operation?.from.donor;
  return [operation.from.donor, operation.mix?.alpha, operation.mix?.with.donor, operation.noise?.ratio];
}
function failure(work: () => unknown): NamedError {
  try {
    work();
  } catch (error) {
    if (error instanceof NamedError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a plan', () => {
  it('has every tensor of the frame, each layer from its donor, the rest from the frame', () => {
    const plan = planMerge(recipe(), open.donors);
    const frame = open.donors.get('IN')?.checkpoint;
    expect(plan.tensors.map(({ name }) => name)).toEqual([...(frame?.tensors.keys() ?? [])]);
    expect(plan.bytes).toBe(frame?.bytes);
    for (const { name, operation } of plan.tensors) {
      const layer = /^model\.layers\.(\d)/.exec(name)?.[1];
      const donor = layer === '1' || layer === '2' ? 'RL' : 'IN';
      expect([name, operation]).toEqual([
        name,
        { kind: 'copy', from: { donor, entry: open.donors.get(donor)?.checkpoint.tensors.get(name) } },
      ]);
    }
    expect(plan.donors.map(({ name, leftBehind }) => [name, leftBehind])).toEqual([
      ['IN', []],
      ['RL', []],
    ]);
    expect([plan.unknown, plan.notices]).toEqual([[], []]);
  });

  it('applies edits in order, to the parts they name', () => {
    const plan = planMerge(
      recipe([
        { kind: 'replace', layers: { first: 1, last: 2 }, part: 'attention', donor: 'RL' },
        { kind: 'interpolate', layers: { first: 2, last: 3 }, part: 'mlp', donor: 'IN', alpha: 0.3 },
        { kind: 'interpolate-rest', pieces: ['head'], donor: 'RL', alpha: 0.5 },
        { kind: 'noise', layers: { first: 3, last: 3 }, part: 'all', ratio: 0.1, seed: 3 },
      ]),
      open.donors,
    );
    expect(made(plan, 'model.layers.0.self_attn.q_proj.bias')).toBe('RL');
    expect(made(plan, 'model.layers.0.mlp.up_proj.weight')).toBe('IN');
    expect(made(plan, 'model.layers.0.input_layernorm.weight')).toBe('IN');
    expect(made(plan, 'model.layers.1.mlp.down_proj.weight')).toEqual(['RL', 0.3, 'IN', undefined]);
    expect(made(plan, 'model.layers.2.mlp.down_proj.weight')).toEqual(['RL', 0.3, 'IN', 0.1]);
    expect(made(plan, 'model.layers.2.post_attention_layernorm.weight')).toEqual([
      'RL',
      undefined,
      undefined,
      0.1,
    ]);
    expect(made(plan, 'lm_head.weight')).toEqual(['IN', 0.5, 'RL', undefined]);
    expect(made(plan, 'model.embed_tokens.weight')).toBe('IN');
  });

  it('copies where interpolation or noise changes nothing', () => {
    const edits = (alpha: number): Edit[] => [
      { kind: 'interpolate', layers: ALL, part: 'all', donor: 'RL', alpha },
      { kind: 'noise', layers: ALL, part: 'all', ratio: 0, seed: 1 },
    ];
    const name = 'model.layers.0.mlp.up_proj.weight';
    expect(made(planMerge(recipe(edits(0)), open.donors), name)).toBe('IN');
    expect(made(planMerge(recipe(edits(1)), open.donors), name)).toBe('RL');
    expect(made(planMerge(recipe(edits(0.5)), open.donors), 'model.layers.2.mlp.up_proj.weight')).toBe('RL');
    const noise: Edit = { kind: 'noise', layers: ALL, part: 'all', ratio: 0.1, seed: 1 };
    const noisy = planMerge(recipe([edits(1)[0] as Edit, noise]), open.donors);
    expect(made(noisy, name)).toEqual(['RL', undefined, undefined, 0.1]);
  });

  it('takes each piece of the rest from whom it is told', () => {
    const rest = { frame: 'IN', visionTower: 'RL', projector: 'IN', head: 'RL' };
    const plan = planMerge({ ...recipe(), rest }, open.donors);
    expect(made(plan, 'visual.blocks.3.attn.qkv.weight')).toBe('RL');
    expect(made(plan, 'visual.patch_embed.proj.weight')).toBe('RL');
    expect(made(plan, 'visual.merger.mlp.0.bias')).toBe('IN');
    expect(made(plan, 'model.norm.weight')).toBe('RL');
    expect(made(plan, 'model.embed_tokens.weight')).toBe('IN');
  });

  it('is summed up in rows that add up to it', () => {
    const plan = planMerge(
      recipe([{ kind: 'interpolate', layers: { first: 2, last: 3 }, part: 'mlp', donor: 'IN', alpha: 0.3 }]),
      open.donors,
    );
    const rows = summarizePlan(plan);
    expect(rows.map(({ what, made: how, computed }) => [what, how, computed])).toEqual([
      ['Vision tower', 'IN', false],
      ['Projector', 'IN', false],
      ['Embeddings', 'IN', false],
      ['Layer 1', 'IN', false],
      ['Layers 2\u20133, attention and norms', 'RL', false],
      ['Layers 2\u20133, MLP', '70 % RL + 30 % IN', true],
      ['Final norm and head', 'IN', false],
    ]);
    expect(rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(plan.bytes);
    expect(rows.reduce((sum, { tensors }) => sum + tensors, 0)).toBe(plan.tensors.length);
  });

  it.each<[string, Recipe]>([
    ['UnknownDonor', recipe([], ['IN', 'SFT', 'IN'])],
    ['WrongDepth', recipe([], ['IN', 'RL'])],
    [
      'InvalidRecipe',
      recipe([{ kind: 'noise', layers: { first: 0, last: 3 }, part: 'all', ratio: 0.1, seed: 0 }]),
    ],
    ['InvalidRecipe', recipe([{ kind: 'interpolate', layers: ALL, part: 'all', donor: 'RL', alpha: 1.1 }])],
    ['InvalidRecipe', recipe([{ kind: 'noise', layers: ALL, part: 'all', ratio: 0.1, seed: 0.5 }])],
    [
      'EditsOverlap',
      recipe([
        { kind: 'interpolate', layers: ALL, part: 'all', donor: 'RL', alpha: 0.5 },
        { kind: 'interpolate', layers: { first: 3, last: 3 }, part: 'mlp', donor: 'IN', alpha: 0.5 },
      ]),
    ],
    [
      'EditsOverlap',
      recipe([
        { kind: 'noise', layers: ALL, part: 'all', ratio: 0.5, seed: 1 },
        { kind: 'interpolate', layers: ALL, part: 'mlp', donor: 'IN', alpha: 0.5 },
      ]),
    ],
  ])('%s', (name, wrong) => {
    const error = failure(() => planMerge(wrong, open.donors));
    expect(error.name).toBe(name);
    expect(error.remedy).not.toBe('');
  });
});

describe('donors that do not match', () => {
  const files = async (changes: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>) =>
    new Map([...(await goldenFolder(readFromDisk, 'untied-gqa2-f16-b')), ...folder(changes)]);
  const config = async (edit: (json: Record<string, Record<string, unknown>>) => void): Promise<string> => {
    const json = JSON.parse(
      new TextDecoder().decode(await readFromDisk('checkpoints/untied-gqa2-f16/config.json')),
    );
    edit(json as Record<string, Record<string, unknown>>);
    return JSON.stringify(json);
  };
  const plan = async (other: CheckpointFiles, changed = recipe()): Promise<MergePlan> => {
    const donors = new Map(open.donors).set('RL', await openDonor('RL', other));
    return planMerge(changed, donors);
  };
  const refusal = (work: Promise<unknown>): Promise<NamedError> =>
    work.then(
      () => Promise.reject(new Error('nothing was thrown')),
      (error: unknown) => error as NamedError,
    );

  it('another architecture is named by its first field', async () => {
    const other = await goldenFolder(readFromDisk, 'untied-gqa4-f32');
    const error = await refusal(plan(other));
    expect(error).toMatchObject({ name: 'DifferentConfig', place: { field: 'text.kvHeads' } });
    expect(error.what).toContain('1, not 2');
  });

  it('another rotary base is refused, another context length is told', async () => {
    const rope = await config((json) => Object.assign(json['text_config'] as object, { rope_theta: 5e5 }));
    expect((await refusal(plan(await files({ 'config.json': rope })))).place.field).toBe('text.ropeTheta');
    const context = await config((json) =>
      Object.assign(json['text_config'] as object, { max_position_embeddings: 8192 }),
    );
    expect((await plan(await files({ 'config.json': context }))).notices).toEqual([
      'RL was configured for 8192 tokens; the merge keeps the 4096 of IN.',
    ]);
  });

  it('another vision tower matters only when it is used', async () => {
    const vision = await config((json) =>
      Object.assign(json['vision_config'] as object, { window_size: 56 }),
    );
    const other = await files({ 'config.json': vision });
    expect((await plan(other)).notices).toEqual([]);
    const changed = { ...recipe(), rest: { ...restFrom('IN'), visionTower: 'RL' } };
    expect(await refusal(plan(other, changed))).toMatchObject({ place: { field: 'vision.windowSize' } });
    const mixed: Edit = { kind: 'interpolate-rest', pieces: ['visionTower'], donor: 'RL', alpha: 0.5 };
    expect(await refusal(plan(other, recipe([mixed])))).toMatchObject({
      place: { field: 'vision.windowSize' },
    });
  });

  it('another tokenizer is named by a token, a missing one is told', async () => {
    const json = new TextDecoder().decode(await readFromDisk('checkpoints/untied-gqa2-f16/tokenizer.json'));
    const tokenizer = JSON.parse(json) as { model: { vocab: Record<string, number> } };
    const [first, second] = Object.keys(tokenizer.model.vocab) as [string, string];
    tokenizer.model.vocab[first] = 1;
    tokenizer.model.vocab[second] = 0;
    const error = await refusal(plan(await files({ 'tokenizer.json': JSON.stringify(tokenizer) })));
    expect(error.name).toBe('DifferentTokenizer');
    expect(error.what).toContain(JSON.stringify(first));
    const without = await files({});
    without.delete('tokenizer.json');
    expect((await plan(without)).notices).toEqual([
      'RL has no tokenizer.json: whether the tokenizers agree was not checked.',
    ]);
  });
});

it('plans 7B recipes from headers and the spots of fingerprints alone', async () => {
  const tensors = qwenTensors(SHAPE_7B);
  const [a, b] = [sparse7b(tensors, 0), sparse7b(tensors, 1)];
  const { donors } = await openDonors(
    new Map([
      ['IN', a.files],
      ['RL', b.files],
    ]),
  );
  const plan = planMerge(parseBlocks('IN:RL:RL', ['IN', 'RL'], 28), donors);
  expect(plan.bytes).toBe(2 * 8_292_166_656);
  expect(plan.tensors).toHaveLength(729);
  expect(
    summarizePlan(plan).map(({ what, made: how, tensors: count }) => `${what}: ${how}, ${count}`),
  ).toEqual([
    'Vision tower: IN, 385',
    'Projector: IN, 5',
    'Embeddings: IN, 1',
    'Layers 1\u20139: IN, 108',
    'Layers 10\u201328: RL, 228',
    'Final norm and head: IN, 2',
  ]);
  expect(a.count.bytes + b.count.bytes).toBeLessThan(2 * 28e6);
});
