/** Try it, Characterize and Stitcher on the same checkpoints, with the engine on the page, where reads can be counted. */
import { expose } from 'comlink';
import { analysis as energy } from '../../analyses/energy/analysis.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineClient } from '../../engine/client.ts';
import { EngineHost } from '../../engine/host.ts';
import { fetchGolden } from '../../engine/testing/fetch-golden.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { installMergeTransfer } from '../../merge/transfer.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import { AppState } from '../app/app.svelte.ts';
import type { StudySurroundings } from './study-surroundings.ts';

/** Bytes at the head of a safetensors file that say how long its header is: whoever reads a header begins there. */
const LENGTH_BYTES = 8;
const { slice } = Blob.prototype;
let headersRead = 0;
beforeEach(() => {
  headersRead = 0;
  Blob.prototype.slice = function (start, end, type) {
    const isWeights = this instanceof File && this.name.endsWith('.safetensors');
    if (isWeights && start === 0 && end === LENGTH_BYTES) headersRead += 1;
    return slice.call(this, start, end, type);
  };
});
afterEach(() => void (Blob.prototype.slice = slice));

function engineOnPage(): EngineClient {
  return new EngineClient(() => {
    const { port1, port2 } = new MessageChannel();
    installMergeTransfer();
    expose(new EngineHost(), port2);
    return Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker;
  });
}

const surroundings = (): StudySurroundings => ({
  journals: new Journals(new MemoryStorage()),
  computers: () =>
    Promise.resolve({
      threads: inlineThreads(),
      device: 'cpu' as const,
      computer: 'cpu',
      dispose: () => undefined,
    }),
});

test('the headers of a slot are read once, whatever is done with it', async () => {
  const app = new AppState(engineOnPage(), surroundings());
  await app.family.place([
    { name: 'x-sft', files: await goldenFolder(fetchGolden, 'untied-gqa2-f16') },
    { name: 'x-rl', files: await goldenFolder(fetchGolden, 'untied-gqa2-f16-b') },
  ]);
  expect(app.family.opened.map(({ identity }) => identity.label)).toEqual(['IN', 'RL']);
  expect(headersRead).toBe(2);

  app.choice.device = 'wasm';
  app.choice.dtype = 'f32';
  await app.family.loadAll();
  app.asking.question = 'How many?';
  app.asking.maxNewTokens = 2;
  await app.asking.ask();
  expect(app.asking.current?.state).toBe('done');

  await app.characterize.start('energy');
  const energyFile = app.characterize.of(energy).file;
  expect(energyFile?.layers.length).toBeGreaterThan(0);

  app.stitcher.setBlocks('IN:RL:RL');
  await app.stitcher.replan();
  const { planned } = app.stitcher;
  expect(planned.kind).toBe('planned');
  expect(headersRead).toBe(2);

  // All of them name the weights alike.
  const opened = app.family.opened.map(({ checkpoint }) => checkpoint?.fingerprint);
  const { checkpoints } = (energyFile?.frankenscope as { provenance: { checkpoints: object } }).provenance;
  expect(Object.values(checkpoints)).toEqual(
    opened.map((fingerprint) => expect.objectContaining({ fingerprint })),
  );
  expect(planned.kind === 'planned' && planned.plan.donors.map(({ fingerprint }) => fingerprint)).toEqual(
    opened,
  );
  app.view.dispose();
});
