/** Turns on a GPU, where runs are given the weights that are held: bound anew after they went and came back. */
import { expect, it } from 'vitest';
import { createBackend } from './backend/create.ts';
import { connectEngine } from './client.ts';
import { Engine } from './engine.ts';
import type { ModelId, Subject } from './subject.ts';
import { fetchGolden } from './testing/fetch-golden.ts';
import { goldenFolder, goldenImages } from './testing/goldens.ts';
import { INLINE } from './testing/inline-surroundings.ts';

const [IN, RL] = ['untied-gqa2-f16', 'untied-gqa2-f16-b'] as [ModelId, ModelId];
const SUBJECTS: readonly Subject[] = [
  { layers: [IN, IN, IN], rest: IN },
  { layers: [RL, RL, RL], rest: RL },
  { layers: [IN, RL, IN], rest: IN },
  { layers: [RL, IN, RL], rest: RL },
];

it('models in turns say on the GPU what they say held at once, within the memory stated', async () => {
  const { decode, file } = await goldenImages(fetchGolden);
  const images = [await file('square')];
  let whole = 0;
  const answers = async (memory?: number) => {
    let converted = 0;
    const convert: typeof INLINE.convert = (...piece) => {
      converted += 1;
      return INLINE.convert(...piece);
    };
    const engine = new Engine({ ...INLINE, convert, decodeImage: decode, createBackend });
    for (const id of [IN, RL]) {
      await engine.open(id, id, await goldenFolder(fetchGolden, id));
      const options = {
        device: 'webgpu',
        dtype: 'f32',
        ...(memory === undefined ? {} : { memory }),
      } as const;
      whole = (await engine.load(id, id, options, () => undefined)).weightBytes;
    }
    const backend = await engine.backend('webgpu');
    const loaded = converted;
    const said: unknown[] = [];
    const held: number[] = [backend.heldBytes];
    // Twice: what was given back comes back.
    for (const subject of [...SUBJECTS, ...SUBJECTS]) {
      const request = {
        job: 'ask',
        subject,
        maxNewTokens: 6,
        prompts: [{ prompt: 'What is this?', images }],
      };
      said.push(await engine.generateAll(request));
      held.push(backend.heldBytes);
    }
    await backend.destroy();
    return { said, most: Math.max(...held), again: converted - loaded };
  };
  const atOnce = await answers();
  expect(new Set(atOnce.said.map((one) => JSON.stringify(one))).size).toBe(SUBJECTS.length);
  expect([atOnce.most, atOnce.again]).toEqual([expect.any(Number), 0]);
  expect(atOnce.most).toBeGreaterThan(1.7 * whole);
  const memory = 1.3 * whole;
  const inTurns = await answers(memory);
  expect(inTurns.said).toEqual(atOnce.said);
  expect(inTurns.most).toBeLessThanOrEqual(memory);
  expect(inTurns.again).toBeGreaterThan(0);
});

it('go on after the device was lost in the middle of an answer, in the same memory', async () => {
  const client = connectEngine();
  const ids: ModelId[] = [];
  const load = async (memory: number): Promise<void> => {
    for (const id of ids) {
      const options = { device: 'webgpu', dtype: 'f32', memory } as const;
      await client.load(`load ${id}`, id, options, () => undefined);
    }
  };
  for (const name of [IN, RL]) ids.push((await client.open(name, await goldenFolder(fetchGolden, name))).id);
  const [cold, rl] = ids as [ModelId, ModelId];
  const { weightBytes } = await client.load(
    'load',
    cold,
    { device: 'webgpu', dtype: 'f32' },
    () => undefined,
  );
  const memory = 1.3 * weightBytes;
  await load(memory);
  const statuses: string[] = [];
  await client.onStatus(({ state }) => void statuses.push(state));
  const ask = (id: ModelId) =>
    client.generateAll({
      ...{ job: `ask ${id}`, subject: { layers: [id, cold, id], rest: id }, maxNewTokens: 12 },
      prompts: [{ prompt: 'What is this?' }],
    });
  const before = [await ask(cold), await ask(rl)];
  const [after] = await Promise.all([ask(cold), client.loseDevice('webgpu')]);
  expect([after, await ask(rl)]).toEqual(before);
  expect(statuses).toEqual(['rebuilding', 'ready']);
  const planned = await client.turns([{ layers: [rl, rl, rl], rest: rl }]);
  expect(planned?.memoryBytes).toBe(memory);
});
