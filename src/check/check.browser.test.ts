/** The check finds what is wrong: graphs and kernels altered on purpose, in a real browser. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createBackend } from '../engine/backend/create.ts';
import { fetchGolden } from '../engine/testing/fetch-golden.ts';
import { CASES } from './case.ts';
import type { Goldens } from './goldens.ts';
import { measureRates } from './measure/rates.ts';
import { runCheck } from './run.ts';
import { checkProduct, checkSpectrum } from './spectra-cases.ts';
import { type AlterGraph, deviceWith, spectraWith, withOperator } from './testing/altered.ts';
import { committedGoldens } from './testing/committed-goldens.ts';
import { verdictOf } from './verdict.ts';

let goldens: Goldens;
beforeAll(async () => {
  goldens = await committedGoldens(fetchGolden);
});

/** Another nonlinearity in the MLPs of one weight format, or of all. */
const otherActivation =
  (format?: string): AlterGraph =>
  (graph) =>
    format === undefined || graph.weights.some((weight) => weight.format === format)
      ? withOperator(graph, 'Sigmoid', 'Softmax')
      : graph;

describe('on the processor', () => {
  test('all cases pass, f16 among them', async () => {
    const names: string[] = [];
    const { found, absent, adapter } = await runCheck(deviceWith('wasm'), goldens, {
      onCase: (name) => names.push(name),
    });
    expect(found.filter(({ passed }) => !passed)).toEqual([]);
    expect(found.map(({ name }) => name)).toEqual(CASES);
    expect(names).toEqual(CASES);
    expect([absent, adapter]).toEqual([[], expect.stringMatching(/^wasm simd/)]);
  });

  test.each(['f16', 'q4'])(
    'a graph that is wrong in %s is named, and the other formats recommended',
    async (format) => {
      const { found } = await runCheck(deviceWith('wasm', { graph: otherActivation(format) }), goldens);
      const right = ['f32', 'f16', 'q8', 'q4'].filter((other) => other !== format);
      expect(verdictOf('wasm', found)).toEqual({
        right: false,
        wrong: [`${format}-prompt`, `${format}-answer`],
        advice: [{ choose: 'formats', wrong: [format], right }],
      });
      expect(found.find(({ passed }) => !passed)).toMatchObject({
        at: expect.stringMatching(/hidden|logits/),
        problem: null,
      });
    },
  );

  test('a weight that is wrong is named', async () => {
    const weights = goldens.folder.get('model.safetensors') as File;
    const bytes = new Uint8Array(await weights.arrayBuffer());
    // The sign of a float16 in the last tensor.
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 0x80;
    const folder = new Map(goldens.folder).set('model.safetensors', new File([bytes], 'model.safetensors'));
    const { found } = await runCheck(deviceWith('wasm'), { ...goldens, folder });
    expect(verdictOf('wasm', found).wrong).toContain('f32-prompt');
  });

  test('ends at once when cancelled', async () => {
    const controller = new AbortController();
    const run = runCheck(deviceWith('wasm'), goldens, {
      signal: controller.signal,
      onCase: (name) => name === 'q8-prompt' && controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ name: 'Cancelled' });
  });
});

describe('on a GPU', () => {
  test('a graph and a kernel that are wrong are named, each with what to choose', async () => {
    const device = deviceWith('webgpu', {
      graph: otherActivation('q4'),
      kernel: { label: 'multiply', code: '* right;', by: '* right * 1.0001;' },
    });
    const { found, absent } = await runCheck(device, goldens);
    expect(absent).toEqual(['f16']);
    expect(verdictOf('webgpu', found)).toEqual({
      right: false,
      wrong: ['q4-prompt', 'q4-answer', 'product'],
      advice: [{ choose: 'formats', wrong: ['q4'], right: ['f32', 'q8'] }, { choose: 'cpu-spectra' }],
    });
  });

  test('a kernel of the reduction that is wrong fails the spectrum, and is no matter of its products', async () => {
    const altered = { label: 'rank-16 update', code: 'a[at] -= ', by: 'a[at] -= 1.001 * ' };
    const { backend, dispose } = await spectraWith('webgpu', altered);
    await expect(checkSpectrum(backend)).rejects.toMatchObject({ name: 'GpuResultWrong' });
    expect((await checkProduct(backend)).error).toBeLessThan(1e-5);
    dispose();
  });
});

test.each(['wasm', 'webgpu'] as const)('%s is measured, and nothing of it stays held', async (device) => {
  const backend = await createBackend(device);
  const rates = await measureRates(backend);
  expect(backend.heldBytes).toBe(0);
  await backend.destroy();
  for (const [name, { median, least, most, n }] of Object.entries(rates)) {
    expect(n, name).toBe(5);
    expect(least <= median && median <= most, name).toBe(true);
    expect(least, name).toBeGreaterThanOrEqual(0);
  }
  // No page moves or multiplies so much in a second, and none so little.
  expect(rates.uploadBytesPerSecond.median).toBeGreaterThan(1e6);
  expect(rates.multiplyPerSecond.median).toBeGreaterThan(1e6);
  expect(rates.roundTripSeconds.median).toBeLessThan(10);
});
