/** Commands on a golden checkpoint with DeepStack and on one without: answers of transformers, and what results say of the injection. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { readFlags } from '../../scripts/flags.mjs';
import { goldenProbes, type GoldenProbes } from '../probes/testing/golden-probes.ts';
import { commandOf } from './command-of.ts';
import type { CommandContext } from './context.ts';
import { FlagReader } from './flag-reader.ts';
import { table } from './testing/identity-stage.ts';

vi.mock('../engine/capabilities.ts', () => ({
  surveyCapabilities: () => Promise.resolve({ preferred: 'wasm' }),
}));
vi.mock('../reading/client.ts', () => import('../reading/testing/inline.ts'));

const LAYERS = [0, 1, 2, 3];
let world: GoldenProbes;
let plain: GoldenProbes;

beforeAll(async () => {
  world = await goldenProbes('qwen3-untied-bf16', 'qwen3-untied-bf16-b', 4, 'probes-qwen3');
  plain = await goldenProbes('untied-gqa2-f16', 'untied-gqa2-f16-b', 3, 'probes');
});

/** Files that a command writes about the golden square, by path; its one answer under ''. */
async function ran(
  { engine, images, recipient, pairOf, problemOf }: GoldenProbes,
  name: string,
  more: readonly string[] = [],
): Promise<ReadonlyMap<string, string>> {
  const { prompt } = await pairOf('square', 'square-source');
  const picture = { target_image: 'images/square.png', source_image: 'images/square-source.png' };
  const pair = {
    ...{ id: '1', task: 'ocr', prompt, ...picture },
    meta: { target_text: 'a', source_text: 'b' },
  };
  const { question } = await problemOf('square');
  const item = { id: '1', question, answer: 'a', image: 'square.png' };
  const isSwap = name === 'swap';
  const files = new Map<string, File>(
    isSwap
      ? [
          ['ocr/data.jsonl', new File([JSON.stringify(pair)], 'data.jsonl')],
          ['ocr/images/square.png', await images.file('square')],
          ['ocr/images/square-source.png', await images.file('square-source')],
        ]
      : [
          ['items.jsonl', new File([JSON.stringify(item)], 'items.jsonl')],
          ['square.png', await images.file('square')],
        ],
  );
  const samples = { swap: 'pairs', ablate: 'problems' }[name] ?? 'items';
  const out = isSwap || name === 'ablate' ? ['--out', 'o'] : [];
  const words = [
    '--model',
    'm',
    `--${samples}`,
    'd',
    ...out,
    '--device',
    'wasm',
    '--max-new-tokens',
    '32',
    ...more,
  ];
  const flags = new FlagReader(readFlags(table(name), words) as ConstructorParameters<typeof FlagReader>[0]);
  const written = new Map<string, string>();
  const context = {
    ...{ flags, engine, signal: new AbortController().signal },
    ...{ notice: () => undefined, onProgress: () => undefined, atEnd: () => undefined },
    inputs: { list: () => [], one: (flag: string) => (flag === samples ? { name: 'd', files } : undefined) },
    checkpoints: {
      load: () => Promise.resolve(recipient),
      count: (flag: string) => (flag === 'model' ? 1 : 0),
      tell: () => undefined,
    },
    out: { text: (path: string, text: string) => Promise.resolve(written.set(path, text)) },
    journalled: (_: unknown, __: number, compute: (long: object) => Promise<unknown>) => compute({}),
  } as unknown as CommandContext;
  const answered = await (await commandOf(name))(context);
  return answered === undefined ? written : written.set('', JSON.stringify(answered));
}

const factsOf = (files: ReadonlyMap<string, string>, path: string) =>
  (JSON.parse(files.get(path) ?? '{}') as { frankenscope: Record<string, unknown> }).frankenscope;

describe('of a model with DeepStack', () => {
  test.each([
    ['kept', []],
    ['kept', ['--injection', 'kept']],
    ['source', ['--injection', 'source']],
    ['removed', ['--injection', 'removed']],
    ['kept', ['--reads', 'text']],
    ['source', ['--injection', 'source', '--reads', 'text']],
  ] as const)('swap answers as transformers does and says which: %s, %o', async (injection, more) => {
    const files = await ran(world, 'swap', more);
    const lines = (files.get('layer_swap_results.jsonl') ?? '').trim().split('\n');
    const said = lines.map((line) => JSON.parse(line) as { layer: number; swapped_answer: string });
    expect(said.map(({ layer }) => layer)).toEqual(LAYERS);
    const reads = more.some((word) => word === 'text') ? 'text' : 'all';
    for (const { layer, swapped_answer: text } of said) {
      const expected = world.golden.cases['square']?.interventions.find(
        (one) =>
          one.kind === 'swap' &&
          one.mode === 'single' &&
          (one.reads ?? 'all') === reads &&
          one.source === 'square-source' &&
          one.injection === injection &&
          one.layer === layer,
      );
      expect(text.startsWith(world.clearText(expected)), `${layer}`).toBe(true);
    }
    expect(factsOf(files, 'layer_swap_summary.json')).toMatchObject({
      ...{ mode: 'single', reads, injection, injectedAfter: [0, 1, 2] },
    });
  });

  test.each(['kept', 'removed'] as const)(
    'ablate answers as transformers does and says which: %s',
    async (injection) => {
      const files = await ran(world, 'ablate', ['--injection', injection]);
      for (const layer of LAYERS) {
        const line = files.get(`layer_${layer}/items.jsonl`) ?? '{}';
        const { full_response: text } = JSON.parse(line) as { full_response: string };
        const kept = world.golden.cases['square']?.interventions.find(
          (one) => one.kind === 'ablate' && one.part === 'layer' && one.layer === layer,
        );
        const without = world.probes['square']?.ablatedWithInjection?.[layer];
        const clear = world.clearText(injection === 'kept' ? kept : without);
        expect(text.startsWith(clear), `${layer}`).toBe(true);
      }
      expect(factsOf(files, 'all_results.json')).toMatchObject({ injection, injectedAfter: [0, 1, 2] });
    },
  );

  test('an analysis that changes nothing of it says that it is kept', async () => {
    const lens = JSON.parse((await ran(world, 'lens')).get('') ?? '{}') as object;
    expect(JSON.stringify(lens)).toContain('"injectedAfter":[0,1,2],"injection":"kept"');
  });
});

test.each(['swap', 'ablate', 'lens'])('of a model without DeepStack %s says nothing of it', async (name) => {
  const files = await ran(plain, name);
  expect(files.size).toBeGreaterThan(0);
  for (const text of files.values()) expect(text).not.toMatch(/inject/);
});
