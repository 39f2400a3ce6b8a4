/** What `npm run pack` makes, in somebody else's project: typed, built by their Vite, and right. */
import { expect, test } from '@playwright/test';
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
import { runIn, strangerProject } from './fixtures/strangers.ts';

const TSC = ['node_modules/typescript/bin/tsc', '-p', '.'];

let folder: ReturnType<typeof temporaryFolder>;
test.beforeAll(() => {
  folder = temporaryFolder();
});
test.afterAll(() => folder.dispose());

test('the engine answers as transformers does', async () => {
  const project = await strangerProject('engine', folder.path);
  expect(await runIn(project, TSC)).toBe('');
  const name = 'untied-gqa4-f32';
  const words = ['ask.mjs', goldenFolder(name), 'What is in the picture?', goldenImage('square')];
  const found = JSON.parse(await runIn(project, words)) as {
    answer: string;
    tokens: number[][];
    logits: number[];
    hidden: number[][];
  };
  const square = goldenCase(name, 'square');
  const answers = [square.greedy, ...[0, 1, 2].map((layer) => withoutLayer(square, layer))];
  expect(found.tokens).toEqual(answers.map(({ tokens }) => tokens));
  expect(found.answer).toBe(goldenText(square.greedy));
  expect(relativeError(found.logits, goldenTensor(name, 'square.logits'))).toBeLessThan(1e-3);
  expect(found.hidden).toHaveLength(4);
  found.hidden.forEach((state, layer) => {
    const all = goldenTensor(name, `square.hidden.${layer}`);
    expect(relativeError(state, all.subarray(-state.length)), `hidden ${layer}`).toBeLessThan(1e-4);
  });
});

test('singular values are those of the closed form, on the GPU and on the CPU', async () => {
  const project = await strangerProject('spectra-webgpu', folder.path);
  expect(await runIn(project, TSC)).toBe('');
  const words = ['spectrum.mjs', '--use-webgpu-adapter=swiftshader'];
  const [gpu, cpu] = JSON.parse(await runIn(project, words)) as Record<string, unknown>[];
  expect(gpu).toMatchObject({ device: 'webgpu', notices: [] });
  expect(gpu?.['worstRelativeToLargest']).toBeLessThan(2 ** -21);
  expect(cpu).toMatchObject({ device: 'cpu', notices: [] });
  expect(cpu?.['worstRelativeToLargest']).toBeLessThan(1e-11);
});
