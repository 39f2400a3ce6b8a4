import { expect, test } from 'vitest';
import type { AskedModel } from '../analyses/asked-model.ts';
import type { DeviceRates } from '../check/measure/rates.ts';
import { cancelled } from '../work/cancel.ts';
import { tellSeconds } from './told-seconds.ts';

const rate = (median: number) => ({ median, least: median, most: median, n: 5 });
const rates: DeviceRates = {
  ...{ roundTripSeconds: rate(1), dispatchSeconds: rate(0), uploadBytesPerSecond: rate(1) },
  ...{ copyBytesPerSecond: rate(1e15), multiplyPerSecond: rate(1e9) },
};
// All of it layers: 1e6 parameters.
const model = {
  name: 'RL',
  checkpoint: {
    layers: 4,
    parameters: 1e6,
    bytes: 2e6,
    layerBytes: [{ index: 1, bytes: 2e6 }],
    hiddenSize: 0,
    vocabSize: 0,
  },
  model: { weightBytes: 4e6, device: 'wasm' },
} as unknown as AskedModel;
const none = { before: 0, image: 0, after: 0, answer: 0 };
const counts = { answers: 40_000, reads: none, prompts: 0, images: 0, batches: 100, newTokens: 10 };
const asking = {
  ...{ counts, samples: [{ question: '' }], models: [model] },
  reading: { imageProcessing: 'transformers-5', maxImagePixels: 1e6 } as const,
};
const { signal } = new AbortController();

test('a long run is told from a third to three times what the speeds give, and then what it took', async () => {
  const lines: string[] = [];
  const around = { notice: (line: string) => lines.push(line), signal };
  const taken = await tellSeconds(asking, around, () => Promise.resolve(rates));
  // 2 × 40,000 answers × 10 tokens × 1e6 parameters, at 1e9 a second.
  expect(lines).toEqual(['40000 answers: 270 to 2400 s on this device, by its speed']);
  taken();
  expect(lines[1]).toMatch(/^took [\d.e-]+ s$/);
});

test('a short one is not measured; a device that cannot be measured says so; a cancelled one ends', async () => {
  const lines: string[] = [];
  const around = { notice: (line: string) => lines.push(line), signal };
  const measured = () => Promise.reject(new Error('measured'));
  const few = { ...asking, counts: { ...counts, answers: 199, newTokens: 1e6 } };
  (await tellSeconds(few, around, measured))();
  expect(lines).toEqual([]);
  // 2 × 400 × 10 × 1e6 at 5e9 a second, a second and a half; 100 × 10 runs of 76 kernels take as long.
  const short = { ...asking, counts: { ...counts, answers: 400 } };
  (await tellSeconds(short, around, measured))();
  expect(lines.splice(0)).toEqual([expect.stringMatching(/^took /)]);
  await tellSeconds(asking, around, () => Promise.reject(new Error('no device')));
  expect(lines).toEqual(['40000 answers: how long they take is not known before the first']);
  await expect(tellSeconds(asking, around, () => Promise.reject(cancelled()))).rejects.toThrow();
});
