import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { relativeError } from '../src/statistics/relative-error.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import {
  goldenCase,
  goldenFolder,
  goldenImage,
  goldenTensor,
  goldenText,
  withoutLayer,
} from './fixtures/goldens.ts';
import { headless } from './fixtures/headless.ts';
import { slowCheckpoint } from './fixtures/large-folders.ts';
import { expect, test } from './page.ts';

const NAME = 'untied-gqa4-f32';
const MODEL = ['--model', goldenFolder(NAME)];
const QUESTION = ['--prompt', 'What is in the picture?', '--image', goldenImage('square')];
const WASM = ['--device', 'wasm', '--dtype', 'f32'];
const SQUARE = goldenCase(NAME, 'square');

let folder: ReturnType<typeof temporaryFolder>;
test.beforeAll(() => {
  folder = temporaryFolder();
});
test.afterAll(() => folder.dispose());

interface Tensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly layerIdx: number | null;
}

test('info lists what the folder holds', async () => {
  const { code, stdout, stderr } = await headless(['info', ...MODEL]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const info = JSON.parse(stdout) as { tensors: Tensor[] } & Record<string, unknown>;
  expect(info).toMatchObject({
    modelType: 'qwen2_5_vl',
    layers: 3,
    visionBlocks: 3,
    hiddenSize: 64,
    vocabSize: 400,
    bytes: info.tensors.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const find = (name: string) => info.tensors.find((tensor) => tensor.name === name);
  expect(find('model.language_model.layers.1.mlp.down_proj.weight')).toEqual({
    name: 'model.language_model.layers.1.mlp.down_proj.weight',
    dtype: 'F32',
    shape: [64, 80],
    bytes: 64 * 80 * 4,
    layerIdx: 2,
    section: 'LLM Backbone',
    component: 'MLP',
  });
  expect(find('model.visual.blocks.0.attn.qkv.weight')).toMatchObject({
    layerIdx: -3,
    section: 'Vision Encoder',
    component: 'Attention',
  });
  expect(find('model.visual.merger.mlp.0.weight')).toMatchObject({ layerIdx: 0, section: 'Projector' });
  expect(find('lm_head.weight')).toMatchObject({ layerIdx: null });
});

test('generate gives the tokens of transformers, to a file', async () => {
  const out = join(folder.path, 'answer.json');
  const words = ['generate', ...MODEL, ...QUESTION, ...WASM, '--max-new-tokens', '32', '--out', out];
  const { code, stdout, stderr } = await headless(words);
  expect(code).toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^(loading \d+ % at \d+ MB\/s(, \d+ s left)?\n)+$/);
  const answer = JSON.parse(readFileSync(out, 'utf8')) as { tokens: number[] };
  expect(answer.tokens).toEqual(SQUARE.greedy.tokens);
  expect(answer).toMatchObject({
    text: goldenText(SQUARE.greedy),
    promptTokens: SQUARE.inputIds.length,
    imageTokens: 16,
    device: 'wasm',
    dtype: 'f32',
    seconds: { load: expect.any(Number), prefill: expect.any(Number), decode: expect.any(Number) },
  });
});

test('generate on WebGPU gives the same tokens, to stdout alone', async () => {
  const device = ['--device', 'webgpu', '--dtype', 'f32', '--adapter', 'software'];
  const words = [
    'generate',
    '--quiet',
    ...MODEL,
    ...QUESTION,
    ...device,
    '--max-new-tokens',
    '32',
    '--out',
    '-',
  ];
  const { code, stdout, stderr } = await headless(words);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ tokens: SQUARE.greedy.tokens, device: 'webgpu' });
});

interface Logits {
  readonly promptTokenIds: number[];
  readonly logits: number[];
  readonly hidden?: number[][];
}

test('logits and hidden states are those of transformers', async () => {
  const { code, stdout } = await headless(['logits', '--quiet', ...MODEL, ...QUESTION, ...WASM, '--hidden']);
  expect(code).toBe(0);
  const { promptTokenIds, logits, hidden = [] } = JSON.parse(stdout) as Logits;
  expect(promptTokenIds).toEqual(SQUARE.inputIds);
  expect(relativeError(logits, goldenTensor(NAME, 'square.logits'))).toBeLessThan(1e-3);
  expect(hidden).toHaveLength(4);
  hidden.forEach((state, layer) => {
    const all = goldenTensor(NAME, `square.hidden.${layer}`);
    expect(relativeError(state, all.subarray(-state.length)), `hidden ${layer}`).toBeLessThan(1e-4);
  });
});

test('logits with a layer switched off are those of transformers', async () => {
  const words = ['logits', '--quiet', ...MODEL, ...QUESTION, ...WASM, '--ablate', '1'];
  const { logits, hidden } = JSON.parse((await headless(words)).stdout) as Logits;
  expect(hidden).toBeUndefined();
  expect(relativeError(logits, goldenTensor(NAME, 'square.ablate.layer.1.logits'))).toBeLessThan(1e-3);
  expect(logits.indexOf(Math.max(...logits))).toBe(withoutLayer(SQUARE, 1).tokens[0]);
});

test('Ctrl+C ends it with 3, and writes nothing', async () => {
  const out = join(folder.path, 'interrupted.json');
  const model = slowCheckpoint(folder.path, 'slow', 12);
  const words = ['generate', '--model', model, '--prompt', 'Hi', ...WASM.slice(0, 2), '--dtype', 'q4'];
  const { code, stdout, stderr } = await headless([...words, '--out', out], /loading [1-9]\d* %/);
  expect(stderr).toMatch(/Interrupted: stopped by a signal; run it again\n$/);
  expect(stdout).toBe('');
  expect(code).toBe(3);
  expect(() => readFileSync(out)).toThrow();
});
