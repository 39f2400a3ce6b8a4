import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { readRange } from '../../checkpoint/byte-source.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { fileWith, folder, source } from '../../checkpoint/testing/files.ts';
import { qwenTensors, SHAPE_7B } from '../../checkpoint/testing/qwen-layout.ts';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { measureNoise } from '../measure.ts';
import { planMerge } from '../plan/plan.ts';
import { parseBlocks } from '../recipe/blocks.ts';
import { readRecipe, RECIPE_FILE } from '../recipe/recipe-file.ts';
import type { Edit, Recipe } from '../recipe/recipe.ts';
import { restFrom } from '../recipe/recipe.ts';
import type { OpenDonors } from '../testing/donors.ts';
import { goldenDonors, openDonors, sparse7b } from '../testing/donors.ts';
import { MergedFile } from './merged-file.ts';
import { MergedFolder } from './merged-folder.ts';

interface GoldenMerges {
  readonly donors: Readonly<Record<string, string>>;
  readonly merges: Readonly<
    Record<string, { readonly recipe: unknown; readonly tensors: Readonly<Record<string, string>> }>
  >;
}

let golden: GoldenMerges;
let open: OpenDonors;

beforeAll(async () => {
  golden = JSON.parse(new TextDecoder().decode(await readFromDisk('expected/merge.json'))) as GoldenMerges;
  open = await goldenDonors(golden.donors);
});

const text = async (files: CheckpointFiles, name: string): Promise<string> => {
  const file = files.get(name);
  if (!file) throw new Error(`no ${name}`);
  return new TextDecoder().decode(await readRange(file, 0, file.size, { file: name }));
};

async function digests(checkpoint: Checkpoint): Promise<Record<string, string>> {
  const entries = [...checkpoint.tensors.values()].map(async (entry) => {
    const bytes = await readTensorBytes(checkpoint, entry);
    return [entry.name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function mergedFolder(
  recipe: Recipe,
  { donors, folders }: OpenDonors,
  shardBytes?: number,
): Promise<MergedFolder> {
  const plan = await measureNoise(planMerge(recipe, donors), folders);
  return new MergedFolder(plan, folders, shardBytes === undefined ? {} : { shardBytes });
}

describe('a merged folder', () => {
  it.each(['stitch', 'parts', 'mix', 'noise'])(
    '%s has the tensors PyTorch makes, byte for byte',
    async (label) => {
      const { recipe, tensors } = golden.merges[label] as GoldenMerges['merges'][string];
      const read = readRecipe(new TextEncoder().encode(JSON.stringify(recipe)), 'merge.json', 3);
      const made = await openCheckpoint(await mergedFolder(read.recipe, open));
      expect(await digests(made)).toEqual(tensors);
      expect(made.notices).toEqual([]);
    },
  );

  it('is the same in shards, with an index that agrees', async () => {
    const { recipe } = golden.merges['mix'] as GoldenMerges['merges'][string];
    const read = readRecipe(new TextEncoder().encode(JSON.stringify(recipe)), 'merge.json', 3);
    const files = await mergedFolder(read.recipe, open, 100_000);
    const sharded = await openCheckpoint(files);
    expect(sharded.weightFiles).toEqual(
      Array.from({ length: 4 }, (_, i) => `model-0000${i + 1}-of-00004.safetensors`),
    );
    for (const file of sharded.weightFiles) expect(files.get(file)?.size).toBeLessThan(110_000);
    expect(await digests(sharded)).toEqual(golden.merges['mix']?.tensors);
    const index = JSON.parse(await text(files, 'model.safetensors.index.json')) as {
      metadata: { total_size: number };
    };
    expect(index.metadata.total_size).toBe(sharded.bytes);
  });

  it('gives the same bytes for any range', async () => {
    const { recipe } = golden.merges['noise'] as GoldenMerges['merges'][string];
    const read = readRecipe(new TextEncoder().encode(JSON.stringify(recipe)), 'merge.json', 3);
    const file = (await mergedFolder(read.recipe, open)).get('model.safetensors') as MergedFile;
    expect(file).toBeInstanceOf(MergedFile);
    const whole = new Uint8Array(await file.slice(0, file.size).arrayBuffer());
    expect(whole.length).toBe(file.size);
    for (const [start, end] of [
      [0, 1],
      [5, 5],
      [7, 20_001],
      [10_001, 10_002],
      [file.size - 33_333, file.size],
      [123_457, 271_829],
    ] as const) {
      const part = new Uint8Array(await file.slice(start, end).arrayBuffer());
      expect(Buffer.compare(part, whole.subarray(start, end)), `${start} to ${end}`).toBe(0);
    }
  });

  it('carries config, tokenizer and processor files as they are, and its own card and recipe', async () => {
    const recipe = parseBlocks('A:B:B', ['A', 'B'], 3);
    const files = await mergedFolder(recipe, open);
    const frame = open.folders.get('A') as CheckpointFiles;
    const names = [...files.keys()];
    expect(names).toEqual([
      'model.safetensors',
      'generation_config.json',
      'preprocessor_config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'README.md',
      RECIPE_FILE,
      'config.json',
    ]);
    for (const name of names.filter((one) => one.endsWith('.json') && one !== RECIPE_FILE)) {
      expect(files.get(name), name).toBe(frame.get(name));
    }
    const card = await text(files, 'README.md');
    for (const { checkpoint } of open.donors.values()) expect(card).toContain(checkpoint.fingerprint);
    expect(card).toContain('# Merge A:B:B\n');
    expect(card).toContain('regions ending after layers 1, 2.');
    expect(card).toContain('| Layers 2\u20133 | B | 24 |');
    const again = readRecipe(new TextEncoder().encode(await text(files, RECIPE_FILE)), RECIPE_FILE, 3);
    expect(again.recipe).toEqual(recipe);
    expect(again.donors.get('B')?.fingerprint).toBe(open.donors.get('B')?.checkpoint.fingerprint);
  });

  it('of a plain stitch is made of slices of the donors, at no cost', async () => {
    const files = await mergedFolder(parseBlocks('A:B:B', ['A', 'B'], 3), open);
    expect(files.get('model.safetensors')).toBeInstanceOf(File);
  });

  it('opened again as a donor differs from its donors nowhere', async () => {
    const { recipe } = golden.merges['stitch'] as GoldenMerges['merges'][string];
    const read = readRecipe(new TextEncoder().encode(JSON.stringify(recipe)), 'merge.json', 3);
    const files = await mergedFolder(read.recipe, open);
    const merged = await openCheckpoint(files);
    const again = await openDonors(new Map([...open.folders, ['M', files]]));
    const back: Recipe = { layers: ['A', 'M', 'M'], rest: restFrom('M'), edits: [] };
    expect(await digests(await openCheckpoint(await mergedFolder(back, again)))).toEqual(
      await digests(merged),
    );
    for (const [name, entry] of merged.tensors) {
      const layer = /^model\.layers\.(\d)/.exec(name)?.[1];
      const donor = open.donors.get(layer === undefined || layer === '0' ? 'A' : 'B')
        ?.checkpoint as Checkpoint;
      const own = donor.tensors.get(name);
      if (!own) throw new Error(name);
      const [bytes, theirs] = [await readTensorBytes(merged, entry), await readTensorBytes(donor, own)];
      expect(Buffer.compare(bytes, theirs), name).toBe(0);
    }
  });
});

describe('donors that spell and store otherwise', () => {
  /** Rewrites a golden checkpoint: other names, other dtype, other tensors. */
  async function rewritten(
    name: string,
    change: (stored: string) => string,
    extra: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {},
  ): Promise<CheckpointFiles> {
    const files = await goldenFolder(readFromDisk, name);
    const checkpoint = await openCheckpoint(files);
    const tensors = await Promise.all(
      [...checkpoint.tensors.values()].map(async (entry) => ({
        name: change(entry.storedName),
        dtype: entry.dtype,
        shape: entry.shape,
        bytes: await readTensorBytes(checkpoint, entry),
      })),
    );
    const more = Object.entries(extra).map(([tensor, bytes]) => ({
      name: tensor,
      dtype: 'U8' as const,
      shape: [bytes.length],
      bytes,
    }));
    return new Map([...files, ['model.safetensors', source(writeSafetensors([...tensors, ...more]))]]);
  }
  const newer = (name: string): string =>
    name.startsWith('visual.') ? `model.${name}` : name.replace(/^model\./, 'model.language_model.');

  it('the frame’s spelling is kept, the donor’s is found', async () => {
    const folders = new Map<string, CheckpointFiles>([
      ['A', await goldenFolder(readFromDisk, 'untied-gqa2-f16')],
      ['B', await rewritten('untied-gqa2-f16-b', newer)],
    ]);
    const files = await mergedFolder(parseBlocks('A:B:B', ['A', 'B'], 3), await openDonors(folders));
    const made = await openCheckpoint(files);
    expect(made.tensors.get('model.layers.2.mlp.up_proj.weight')?.storedName).toBe(
      'model.layers.2.mlp.up_proj.weight',
    );
    expect(await digests(made)).toEqual(golden.merges['stitch']?.tensors);

    const turned = new Map([...folders].map(([name, own]) => [name === 'A' ? 'B' : 'A', own]));
    const spelled = await openCheckpoint(
      await mergedFolder(parseBlocks('A', ['A', 'B'], 3), await openDonors(turned)),
    );
    expect(spelled.tensors.get('model.norm.weight')?.storedName).toBe('model.language_model.norm.weight');
  });

  it('unknown tensors of the frame travel and are named, also within a layer; those of a donor are named', async () => {
    const stray = {
      'v_head.weight': Uint8Array.of(1, 2),
      'model.layers.2.rotary.inv_freq': Uint8Array.of(3),
    };
    const lost = { 'optimizer.step': Uint8Array.of(9) };
    const donors = await openDonors(
      new Map([
        ['A', await rewritten('untied-gqa2-f16', (name) => name, stray)],
        ['B', await rewritten('untied-gqa2-f16-b', (name) => name, lost)],
      ]),
    );
    const edits: Edit[] = [
      { kind: 'noise', layers: { first: 1, last: 3 }, part: 'all', ratio: 0.2, seed: 1 },
    ];
    const files = await mergedFolder({ ...parseBlocks('A:B:B', ['A', 'B'], 3), edits }, donors);
    expect(files.plan.unknown.toSorted()).toEqual(Object.keys(stray).toSorted());
    expect(files.plan.donors.map(({ leftBehind }) => leftBehind)).toEqual([[], ['optimizer.step']]);
    const made = await openCheckpoint(files);
    for (const [name, bytes] of Object.entries(stray)) {
      const entry = made.tensors.get(name);
      if (!entry) throw new Error(name);
      expect(await readTensorBytes(made, entry)).toEqual(bytes);
    }
    const card = await text(files, 'README.md');
    expect(card).toContain('v_head.weight');
    expect(card).toContain('optimizer.step');
  });

  it('weights, training state and another card stay behind', async () => {
    const more = {
      'README.md': 'x',
      'optimizer.pt': 'x',
      'trainer_state.json': '{}',
      'evaluation.json': '{}',
      'training.jsonl': '{}',
      'pytorch_model.bin.index.json': '{}',
      'test_results.json': '{}',
      'zero_to_fp32.py': 'x',
      'chat_template.json': '{}',
      LICENSE: 'MIT',
      'a/b.json': '{}',
    };
    const files = new Map([...(await goldenFolder(readFromDisk, 'untied-gqa2-f16')), ...folder(more)]);
    const donors = await openDonors(new Map([['A', files]]));
    const made = await mergedFolder(parseBlocks('A', ['A'], 3), donors);
    expect([...made.keys()]).toEqual(expect.arrayContaining(['LICENSE', 'chat_template.json']));
    for (const name of [
      'optimizer.pt',
      'trainer_state.json',
      'evaluation.json',
      'training.jsonl',
      'pytorch_model.bin.index.json',
      'test_results.json',
      'zero_to_fp32.py',
      'a/b.json',
    ])
      expect(made.has(name), name).toBe(false);
    expect(await text(made, 'README.md')).not.toBe('x');
  });
});

it('of 7B size lies in shards of 5 GB, none of it held', async () => {
  const tensors = qwenTensors(SHAPE_7B);
  const donors = await openDonors(
    new Map([
      ['IN', sparse7b(tensors, 1).files],
      ['RL', sparse7b(tensors, 2).files],
    ]),
  );
  const edits: Edit[] = [
    { kind: 'interpolate', layers: { first: 1, last: 28 }, part: 'mlp', donor: 'RL', alpha: 0.5 },
  ];
  const files = await mergedFolder({ ...parseBlocks('IN:RL:RL', ['IN', 'RL'], 28), edits }, donors);
  const shards = [...files].filter(([name]) => name.endsWith('.safetensors'));
  expect(shards.map(([name]) => name)).toEqual(
    Array.from({ length: 4 }, (_, i) => `model-0000${i + 1}-of-00004.safetensors`),
  );
  for (const [, { size }] of shards) expect(size).toBeLessThanOrEqual(5e9 + 1e6);
  // 0x0101 and 0x0202 are 2^-125 · 129/128 and 2^-123 · 130/128; half of each is 2^-124 · 162.25/128: 0x01a2.
  const made = await openCheckpoint(files);
  const mixed = made.tensors.get('model.layers.0.mlp.up_proj.weight');
  if (!mixed) throw new Error('no up_proj');
  const end = { start: mixed.bytes - 4, end: mixed.bytes };
  expect([...(await readTensorBytes(made, mixed, end))]).toEqual([0xa2, 0x01, 0xa2, 0x01]);
});

it('a donor whose file is cut short is named when it is read', async () => {
  const broken = source(fileWith('{}', 0));
  const folders = new Map([...open.folders, ['B', new Map([['model.safetensors', broken]])]]);
  const plan = planMerge(parseBlocks('A:B:B', ['A', 'B'], 3), open.donors);
  const made = new MergedFolder(plan, folders);
  const file = made.get('model.safetensors');
  const reading = readRange(file as NonNullable<typeof file>, 0, file?.size ?? 0, {
    file: 'model.safetensors',
  });
  await expect(reading).rejects.toMatchObject({ name: 'FileChanged' });
});
