/** Try it, Characterize and Stitcher on the same checkpoints, with the engine on the page, where reads can be counted. */
import { analysis as energy } from '../../analyses/energy/analysis.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchGolden } from '../../engine/testing/fetch-golden.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { AppState } from '../app/app.svelte.ts';
import { engineOnPage, surroundings } from '../testing/engine-on-page.ts';

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

test('the headers of a slot are read when it is opened and no more, whatever is done with it', async () => {
  const app = new AppState(engineOnPage(), surroundings());
  await app.family.place([
    { name: 'x-sft', files: await goldenFolder(fetchGolden, 'untied-gqa2-f16') },
    { name: 'x-rl', files: await goldenFolder(fetchGolden, 'untied-gqa2-f16-b') },
  ]);
  expect(app.family.opened.map(({ identity }) => identity.label)).toEqual(['IN', 'RL']);
  // Of each twice: to tell what its weights are stored in, and to open it.
  expect(headersRead).toBe(4);

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
  expect(headersRead).toBe(4);

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
