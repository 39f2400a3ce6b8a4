import { beforeAll, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { openCheckpoint, readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { NamedError } from '../../named-error.ts';
import { MergedFolder } from '../folder/merged-folder.ts';
import { planMerge } from '../plan/plan.ts';
import type { MergePlan } from '../plan/plan.ts';
import { parseBlocks } from '../recipe/blocks.ts';
import type { Edit, Recipe } from '../recipe/recipe.ts';
import { restFrom } from '../recipe/recipe.ts';
import type { OpenDonors } from '../testing/donors.ts';
import { goldenDonors } from '../testing/donors.ts';
import { readMergekit } from './read.ts';
import { writeMergekit } from './write.ts';

const MODELS = new Map([
  ['A', 'checkpoints/untied-gqa2-f16'],
  ['B', 'checkpoints/untied-gqa2-f16-b'],
]);
const SPAN = { first: 1, last: 2 };
const EXPRESSIBLE: Readonly<Record<string, Recipe>> = {
  'one-donor': { layers: ['B', 'B', 'B'], rest: restFrom('B'), edits: [] },
  passthrough: { layers: ['A', 'B', 'A'], rest: restFrom('A'), edits: [] },
  stitch: { layers: ['A', 'B', 'B'], rest: restFrom('A'), edits: [] },
  parts: {
    layers: ['A', 'A', 'B'],
    rest: { ...restFrom('A'), head: 'B', projector: 'B' },
    edits: [
      { kind: 'replace', layers: SPAN, part: 'attention', donor: 'B' },
      { kind: 'replace', layers: { first: 3, last: 3 }, part: 'mlp', donor: 'A' },
    ],
  },
  ends: { layers: ['B', 'B', 'B'], rest: restFrom('A'), edits: [] },
  // Shares of few bits: products of halves are then exact, and mergekit's fused multiply-add rounds as two steps do.
  mix: {
    layers: ['A', 'A', 'B'],
    rest: restFrom('A'),
    edits: [
      { kind: 'interpolate', layers: SPAN, part: 'all', donor: 'B', alpha: 0.375 },
      { kind: 'interpolate', layers: { first: 3, last: 3 }, part: 'mlp', donor: 'A', alpha: 0.25 },
      { kind: 'interpolate-rest', pieces: ['visionTower', 'frame'], donor: 'B', alpha: 0.125 },
    ],
  },
};

let open: OpenDonors;
beforeAll(async () => {
  open = await goldenDonors({ A: 'untied-gqa2-f16', B: 'untied-gqa2-f16-b' });
});

const donorOf = (model: string): string | null => [...MODELS].find(([, path]) => path === model)?.[0] ?? null;
const write = (recipe: Recipe): string => writeMergekit(recipe, { models: MODELS, outDtype: 'float16' });
const config = () => {
  const own = open.donors.get('A')?.config;
  if (!own) throw new Error('no config');
  return own;
};
const read = (text: string) => readMergekit(text, 'merge.yml', config(), donorOf);
function failure(work: () => unknown): NamedError {
  try {
    work();
  } catch (error) {
    if (error instanceof NamedError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** What a plan makes of each tensor, however its recipe says it. */
function operations(plan: MergePlan): unknown {
  return plan.tensors.map(({ name, operation }) => {
    const mix = operation.kind === 'compute' ? operation.mix : null;
    const shares = mix
      ? [[operation.from.donor, 1 - mix.alpha] as const, [mix.with.donor, mix.alpha] as const]
      : [[operation.from.donor, 1] as const];
    return [
      name,
      shares.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([donor, share]) => `${donor} ${share.toFixed(9)}`),
    ];
  });
}

describe.each(Object.entries(EXPRESSIBLE))('%s', (label, recipe) => {
  it('is written as ever, and read back as a recipe that does the same', async () => {
    const text = write(recipe);
    await expect(text).toMatchFileSnapshot(`../../../tools/goldens/data/expected/mergekit/${label}.yml`);
    const again = read(text);
    expect(operations(planMerge(again.recipe, open.donors))).toEqual(
      operations(planMerge(recipe, open.donors)),
    );
  });
});

it('the tensors are those that mergekit itself makes of the files, byte for byte', async () => {
  const json = new TextDecoder().decode(await readFromDisk('expected/mergekit/tensors.json'));
  const golden = Object.entries(JSON.parse(json) as Record<string, Record<string, string>>);
  expect(golden.map(([label]) => label).toSorted()).toEqual(Object.keys(EXPRESSIBLE).toSorted());
  for (const [label, tensors] of golden) {
    const plan = planMerge(EXPRESSIBLE[label] as Recipe, open.donors);
    const made = await openCheckpoint(new MergedFolder(plan, open.folders));
    const digests: Record<string, string> = {};
    for (const entry of made.tensors.values()) {
      const bytes = await readTensorBytes(made, entry);
      digests[entry.name] = createHash('sha256').update(bytes).digest('hex');
    }
    expect(digests, label).toEqual(tensors);
  }
});

describe('what mergekit cannot say is refused', () => {
  it('noise, a donor without a name, two donors of one name', () => {
    const noise: Edit = { kind: 'noise', layers: SPAN, part: 'all', ratio: 0.1, seed: 0 };
    const noisy = { ...parseBlocks('A:B:B', ['A', 'B'], 3), edits: [noise] };
    expect(failure(() => write(noisy))).toMatchObject({ name: 'NotInMergekit' });
    const nameless = () =>
      writeMergekit(parseBlocks('A:B:B', ['A', 'B'], 3), {
        models: new Map([['A', 'x']]),
        outDtype: 'float16',
      });
    expect(failure(nameless).what).toContain('B');
    const alike = () =>
      writeMergekit(parseBlocks('A:B:B', ['A', 'B'], 3), {
        models: new Map([
          ['A', 'checkpoint-500'],
          ['B', 'checkpoint-500'],
        ]),
        outDtype: 'float16',
      });
    expect(failure(alike)).toMatchObject({ name: 'NotInMergekit' });
  });
});

describe('mergekit files', () => {
  const layers = (recipe: Recipe): string => recipe.layers.join('');

  it('linear over whole models interpolates everything', () => {
    const { recipe } = read(`
models:
  - {model: checkpoints/untied-gqa2-f16, parameters: {weight: 3}}
  - {model: checkpoints/untied-gqa2-f16-b, parameters: {weight: 1}}
merge_method: linear
`);
    expect(recipe.edits).toEqual([
      { kind: 'interpolate', layers: { first: 1, last: 3 }, part: 'all', donor: 'B', alpha: 0.25 },
      {
        kind: 'interpolate-rest',
        pieces: ['frame', 'head', 'projector', 'visionTower'],
        donor: 'B',
        alpha: 0.25,
      },
    ]);
    expect(layers(recipe)).toBe('AAA');
  });

  it('slices at the root are the LLM’s; final norm and head follow the last', () => {
    const { recipe, notices } = read(`
slices:
  - sources: [{model: checkpoints/untied-gqa2-f16, layer_range: [0, 1]}]
  - sources: [{model: checkpoints/untied-gqa2-f16-b, layer_range: [1, 3]}]
merge_method: passthrough
dtype: bfloat16
`);
    expect(layers(recipe)).toBe('ABB');
    expect(recipe.rest).toEqual({ frame: 'A', visionTower: 'A', projector: 'A', head: 'B' });
    expect(notices).toHaveLength(3);
  });

  it('gradients and filters are worked out layer by layer', () => {
    const { recipe } = read(`
modules:
  text_decoder:
    models:
      - model: checkpoints/untied-gqa2-f16
        parameters: {weight: [{filter: mlp, value: [1, 0]}, {value: 1}]}
      - model: checkpoints/untied-gqa2-f16-b
        parameters: {weight: [{filter: mlp, value: [0, 1]}, {value: 0}]}
merge_method: linear
parameters: {normalize: false}
`);
    const plan = planMerge(recipe, open.donors);
    const mlp = (layer: number) =>
      plan.tensors.find(({ name }) => name === `model.layers.${layer}.mlp.up_proj.weight`)?.operation;
    expect(mlp(0)).toMatchObject({ kind: 'copy', from: { donor: 'A' } });
    expect(mlp(1)).toMatchObject({ kind: 'compute', mix: { alpha: 0.5 } });
    expect(mlp(2)).toMatchObject({ kind: 'copy', from: { donor: 'B' } });
  });

  const A = 'model: checkpoints/untied-gqa2-f16';
  const B = 'model: checkpoints/untied-gqa2-f16-b';
  /** What B gives of a tensor, in percent. */
  const shareOfB = (recipe: Recipe, name: string): number => {
    const operation = planMerge(recipe, open.donors).tensors.find((one) => one.name === name)?.operation;
    if (operation?.kind !== 'compute') return operation?.from.donor === 'B' ? 100 : 0;
    const alpha = 100 * (operation.mix?.alpha ?? 0);
    return operation.mix?.with.donor === 'B' ? alpha : 100 - alpha;
  };
  const whole = (name: string): string => `${name}: {models: [{${A}, parameters: {weight: 1}}]}`;
  const VISION = `${whole('multi_modal_projector')}, ${whole('vision_tower')}`;

  // The shares below were read off the tensors that mergekit 0.1.5 made of these files.
  it('final norm and head stand at the beginning of the last slice’s gradient', () => {
    const { recipe } = read(`
modules: {text_decoder: {models: [{${A}, parameters: {weight: [1, 0]}}, {${B}, parameters: {weight: [0, 1]}}]}, ${VISION}}
merge_method: linear
`);
    const share = (name: string): number => shareOfB(recipe, name);
    expect([0, 1, 2].map((layer) => share(`model.layers.${layer}.mlp.up_proj.weight`))).toEqual([0, 50, 100]);
    expect(['model.embed_tokens', 'model.norm', 'lm_head'].map((name) => share(`${name}.weight`))).toEqual([
      0, 0, 0,
    ]);
  });

  it('final norm and head take as many models of the last slice as the first one has', () => {
    const slice = (range: string, models: readonly (readonly [string, number])[]): string =>
      `{sources: [${models.map(([model, weight]) => `{${model}, layer_range: ${range}, parameters: {weight: ${weight}}}`).join(', ')}]}`;
    const first = slice('[0, 1]', [[A, 1]]);
    const last = slice('[1, 3]', [
      [A, 1],
      [B, 3],
    ]);
    const { recipe } = read(
      `{modules: {text_decoder: {slices: [${first}, ${last}]}, ${VISION}}, merge_method: linear}`,
    );
    expect(shareOfB(recipe, 'model.layers.2.mlp.up_proj.weight')).toBe(75);
    expect([shareOfB(recipe, 'model.norm.weight'), shareOfB(recipe, 'lm_head.weight')]).toEqual([0, 0]);
  });

  it('a base model that is not among the models is one of them', () => {
    const { recipe } = read(
      `{models: [{${A}}], base_model: checkpoints/untied-gqa2-f16-b, parameters: {weight: 1}, merge_method: linear}`,
    );
    for (const name of [
      'model.embed_tokens.weight',
      'model.layers.1.mlp.up_proj.weight',
      'visual.merger.ln_q.weight',
    ])
      expect(shareOfB(recipe, name), name).toBe(50);
  });

  it('config and tokenizer come from the base model where it gives embeddings, and it is told where not', () => {
    const mixed = (base: string): string =>
      `{models: [{${A}, parameters: {weight: 1}}, {${B}, parameters: {weight: 3}}], base_model: ${base}, merge_method: linear}`;
    const { recipe, notices } = read(mixed('checkpoints/untied-gqa2-f16'));
    expect([recipe.rest.frame, notices]).toEqual(['A', []]);
    expect(shareOfB(recipe, 'model.embed_tokens.weight')).toBe(75);
    const passed = `{modules: {text_decoder: {models: [{${A}}]}}, base_model: other, merge_method: passthrough}`;
    expect(failure(() => read(passed)).what).toContain('base_model');
    const sliced = `{modules: {text_decoder: {slices: [{sources: [{${A}, layer_range: [0, 3]}]}]}}, base_model: other, merge_method: passthrough}`;
    expect(read(sliced).notices[0]).toBe(
      'base_model: other would give config and tokenizer; here A does, which gives the embeddings.',
    );
  });

  it('a tokenizer source is told to be left out: it would cut rows off the embeddings', () => {
    const { notices } = read(
      `{modules: {text_decoder: {models: [{${A}}]}, multi_modal_projector: {models: [{${A}}]}, vision_tower: {models: [{${A}}]}}, tokenizer_source: base, merge_method: passthrough}`,
    );
    expect(notices).toEqual([
      "tokenizer_source: base is not applied: the frame's tokenizer stays, and every row of the embeddings.",
    ]);
  });

  it('a chat template travels in the recipe, and is written again', () => {
    const template = "{% for m in messages %}{{ m['content'] }}{% endfor %}";
    const parts = `text_decoder: {models: [{${A}}]}, ${['multi_modal_projector', 'vision_tower'].map((name) => `${name}: {models: [{${A}}]}`).join(', ')}`;
    const { recipe, notices } = read(
      `{modules: {${parts}}, merge_method: passthrough, chat_template: ${JSON.stringify(template)}}`,
    );
    expect([recipe.chatTemplate, notices]).toEqual([template, []]);
    expect(read(write(recipe)).recipe.chatTemplate).toBe(template);
    const auto = read(`{modules: {${parts}}, merge_method: passthrough, chat_template: auto}`);
    expect(auto.recipe.chatTemplate).toBeUndefined();
    expect(auto.notices).toEqual([
      "chat_template: auto is not applied: the frame's template stays; mergekit takes the one that most models have.",
    ]);
  });

  it('models may be mappings, with revisions', () => {
    const mapping = '{model: {path: checkpoints/untied-gqa2-f16-b, revision: main}}';
    const { recipe, notices } = read(`
models:
  - {model: {model: {path: checkpoints/untied-gqa2-f16}, lora: null}, parameters: {weight: 1}}
  - {model: ${mapping}, parameters: {weight: 1}}
base_model: {model: checkpoints/untied-gqa2-f16}
merge_method: linear
`);
    expect(shareOfB(recipe, 'model.norm.weight')).toBe(50);
    expect(notices).toEqual([
      'checkpoints/untied-gqa2-f16-b@main: whether the open checkpoint is of that revision was not checked.',
    ]);
    const shown = '{model: checkpoints/untied-gqa2-f16-b@main, parameters: {weight: 1}}';
    const twice = `{models: [{model: ${mapping}, parameters: {weight: 1}}, ${shown}], merge_method: linear}`;
    expect(failure(() => read(twice)).what).toContain('twice');
  });

  it.each(['base', 'checkpoints/untied-gqa2-f16', '{model: {path: checkpoints/untied-gqa2-f16}}'])(
    'tokenizer: {source: %s}, the frame’s, is told to be left out',
    (source) => {
      const { notices } = read(
        `{slices: [{sources: [{${A}, layer_range: [0, 3]}]}], tokenizer: {source: ${source}}, merge_method: passthrough}`,
      );
      expect(notices[0]).toMatch(
        /^tokenizer\.source: .* is not applied: the frame's tokenizer stays, and every row of the embeddings\.$/,
      );
    },
  );

  it('is YAML 1.1, as Python reads it', () => {
    const { recipe } = read(`
models:
  - {${A}, parameters: &half {weight: 0.5}}
  - {${B}, parameters: {<<: *half}}
merge_method: linear
parameters: {normalize: no}
`);
    expect(shareOfB(recipe, 'model.norm.weight')).toBe(50);
  });

  it('models and conditions that would be looked at for hours are refused', () => {
    const models = Array.from({ length: 1500 }, (_, at) => `{model: m${at}}`).join(', ');
    const conditions = Array.from({ length: 1500 }, (_, at) => `{filter: f${at}, value: 1}`).join(', ');
    const text = `{models: [${models}], merge_method: linear, parameters: {weight: [${conditions}, {value: 0}]}}`;
    expect(failure(() => readMergekit(text, 'merge.yml', config(), () => 'A'))).toMatchObject({
      name: 'OverLimit',
      what: 'values looked at: over 1000000; the limit is 1000000',
    });
  });

  it('a file that nests without end is told without the words of a stack', () => {
    expect(() => read('['.repeat(1e4))).toThrow(
      /^(?!.*call stack).*deeper than any configuration, at line 1/,
    );
  });

  it.each([
    ['InvalidMergekit', 'a: [', 'Flow'],
    ['InvalidMergekit', '- x', 'object'],
    ['InvalidMergekit', 'merge_method: linear', 'exactly one'],
    ['NotARecipe', `{merge_method: slerp, models: [{${A}}]}`, 'slerp'],
    ['NotARecipe', `{merge_method: linear, models: [], chat_template: x}`, 'chat_template'],
    [
      'NotARecipe',
      `{merge_method: passthrough, slices: [{sources: [{${A}, layer_range: [1, 3]}]}]}`,
      'keeps its place',
    ],
    [
      'NotARecipe',
      `{merge_method: passthrough, slices: [{sources: [{${A}, layer_range: [0, 2]}]}]}`,
      '2 LLM layers of 3',
    ],
    ['NotARecipe', `{merge_method: passthrough, models: [{${A}, parameters: {scale: 2}}]}`, 'scaled'],
    ['InvalidMergekit', `{merge_method: linear, models: [{${A}}]}`, 'without a weight'],
    [
      'NotARecipe',
      `{merge_method: linear, parameters: {normalize: false}, models: [{${A}, parameters: {weight: 2}}]}`,
      'not 1',
    ],
    [
      'NotARecipe',
      `{merge_method: linear, models: [{${A}, parameters: {weight: 2}}, {${B}, parameters: {weight: -1}}]}`,
      'negative',
    ],
    [
      'NotARecipe',
      `{merge_method: linear, parameters: {weight: [{filter: q_proj, value: 0.3}, {value: 0.7}]}, models: [{${A}, parameters: {weight: 1}}, {${B}}]}`,
      'other weights',
    ],
    [
      'NotARecipe',
      `{merge_method: linear, models: [{${A}, parameters: {weight: [1, 0]}}, {${B}, parameters: {weight: [0, 1]}}]}`,
      'projector apart',
    ],
    [
      'NotARecipe',
      `{merge_method: linear, modules: {${whole('text_decoder')}, vision_tower: {models: [{${A}, parameters: {weight: [1, 0]}}, {${B}, parameters: {weight: [0, 1]}}]}}}`,
      'vision tower apart',
    ],
    [
      'NotARecipe',
      `{merge_method: linear, models: [{${A}, parameters: {weight: [{filter: merger.mlp, value: 1}, {value: 0}]}}, {${B}, parameters: {weight: [{filter: merger.mlp, value: 0}, {value: 1}]}}]}`,
      'projector apart',
    ],
    [
      'NotARecipe',
      `{merge_method: passthrough, modules: {text_decoder: {models: [{${A}}]}, vision_tower: {slices: [{sources: [{${A}, layer_range: [0, 2]}]}]}}}`,
      'taken whole',
    ],
    [
      'InvalidMergekit',
      `{merge_method: linear, models: [{${A}, parameters: {weight: 1}}, {${A}, parameters: {weight: 2}}, {${B}, parameters: {weight: 1}}]}`,
      'twice',
    ],
    ['NotARecipe', `{merge_method: passthrough, models: [{${A}}], chat_template: chatml}`, 'chatml'],
    ['NotARecipe', `{merge_method: passthrough, models: [{${A}}], tokenizer: {}}`, 'united'],
    ['NotARecipe', `{merge_method: passthrough, models: [{${A}}], tokenizer: {source: union}}`, 'united'],
    [
      'NotARecipe',
      `{merge_method: passthrough, models: [{${A}}], tokenizer: {source: checkpoints/untied-gqa2-f16-b}}`,
      'beside embeddings of A',
    ],
    [
      'NotARecipe',
      `{merge_method: passthrough, models: [{${A}}], tokenizer: {source: base, pad_to_multiple_of: 8}}`,
      'padded',
    ],
    [
      'NotARecipe',
      `{merge_method: passthrough, models: [{${A}}], tokenizer: {source: base, tokens: {<a>: {source: {kind: zero}}}}}`,
      'token by token',
    ],
    [
      'InvalidMergekit',
      `{merge_method: passthrough, models: [{${A}}], tokenizer: {source: base}, tokenizer_source: base}`,
      'both given',
    ],
    [
      'NotARecipe',
      '{merge_method: passthrough, models: [{model: {model: checkpoints/untied-gqa2-f16, lora: {path: x}}}]}',
      'adapter',
    ],
    [
      'NotARecipe',
      '{merge_method: passthrough, models: [{model: checkpoints/untied-gqa2-f16+x}]}',
      'adapter',
    ],
    ['InvalidMergekit', '{merge_method: passthrough, models: [{model: {path: x}}]}', 'names no model'],
    ['UnknownDonor', '{merge_method: passthrough, models: [{model: some/where}]}', 'some/where'],
    ['NotARecipe', `{merge_method: passthrough, modules: {audio_tower: {models: [{${A}}]}}}`, 'audio_tower'],
  ])('%s: %s', (name, text, words) => {
    const error = failure(() => read(text));
    expect([error.name, error.message]).toEqual([name, expect.stringContaining(words)]);
  });
});
