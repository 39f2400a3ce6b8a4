/** How images are read: one choice on the page Open, part of what every page asks, keeps and saves. */
import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { workKey } from '../../identity/work-identity.ts';
import { IMAGE_PROCESSING } from '../../vlm/image-processing.ts';
import type { AppState } from '../app/app.svelte.ts';
import { fakeFolder } from '../testing/fake-folder.ts';
import { clearStage, stageApp } from '../testing/stage.ts';
import { heldSamples } from '../../reading/sample-source.ts';

afterEach(() => {
  clearStage();
  vi.restoreAllMocks();
});

async function start() {
  const staged = await stageApp({ layers: 6, visionBlocks: 2, parameters: 1e6 });
  await staged.app.family.place(['x-sft', 'x-rl'].map(fakeFolder));
  await staged.app.family.loadAll();
  return staged;
}

const choose = (title: string) => userEvent.click(page.getByText(title, { exact: true }));
const BEFORE = IMAGE_PROCESSING['transformers-4.51'].title;

test('is chosen once, said in words, and kept on this machine', async () => {
  const { app } = await start();
  expect(app.images.reading).toEqual({ imageProcessing: 'transformers-5', maxImagePixels: 1280 * 720 });
  await choose(BEFORE);
  await expect.element(page.getByText(IMAGE_PROCESSING['transformers-4.51'].what)).toBeVisible();
  const again = await stageApp({});
  expect(again.app.images.reading).toEqual({
    imageProcessing: 'transformers-4.51',
    maxImagePixels: 1280 * 720,
  });
});

test('makes another piece of work of every probe of Localize', async () => {
  const { app } = await start();
  const { localize, images } = app;
  const answer = { id: '1', task: 'ocr' as const, prompt: 'What?', targetAnswer: 'a', sourceAnswer: 'b' };
  const picture = new Blob(['x']);
  const { sets } = localize;
  sets.ownPair = {
    ...{ name: 'mine', notices: [], literalImage: 'strip', literalImages: 0, whole: true },
    pairs: [{ ...answer, target: picture, source: picture }],
  };
  const question = { id: '1', question: 'Q', answer: '1', image: picture };
  sets.broughtQuestions = { name: 'mine', samples: heldSamples([question]) };
  sets.pairSource = 'own';
  sets.problemSource = sets.pictureSource = 'dropped';
  const key = async (probe: string): Promise<string> => {
    localize.probe = probe;
    await localize.prepare();
    return workKey(localize.store.plan?.identity as Parameters<typeof workKey>[0]);
  };
  for (const probe of localize.stores.keys()) {
    images.processing = 'transformers-5';
    const before = await key(probe);
    images.processing = 'transformers-4.51';
    expect(await key(probe), probe).not.toBe(before);
    images.processing = 'transformers-5';
    expect(await key(probe), probe).toBe(before);
  }
});

test('names answers of Transfer, Necessity and Perception otherwise, and is written into what is saved', async () => {
  const { app } = await start();
  const settings = (store: AppState['evaluation'] | AppState['necessity'] | AppState['perception']) =>
    store.choice.settings(app.family.loaded, app.images.reading);
  const stores = [app.evaluation, app.necessity, app.perception];
  const before = stores.map(settings);
  app.images.processing = 'transformers-4.51';
  for (const [index, store] of stores.entries()) {
    expect(settings(store)).toEqual({ ...before[index], imageProcessing: 'transformers-4.51' });
  }
  const puzzle = { id: '1', question: 'Q', answer: '1', image: new Blob(['x']), description: 'D' };
  vi.spyOn(app.perception.choice, 'sets').mockResolvedValue({
    ...{ general: [], mathTargeted: [], textOnly: [], puzzles: [puzzle] },
  });
  await app.perception.prepare();
  const saved = [...(await app.perception.files()).values()].join('');
  expect(saved).toContain('"imageProcessing":"transformers-4.51"');
});

test('goes with the question of Try it', async () => {
  const { app, engine } = await start();
  app.images.processing = 'transformers-4.51';
  app.images.maxPixels = 50_000;
  app.asking.question = 'What?';
  await app.asking.ask();
  expect(engine.requests[0]).toMatchObject({ imageProcessing: 'transformers-4.51', maxImagePixels: 50_000 });
});

test('stands in what every chart of Localize carries', async () => {
  const { app } = await start();
  const { localize, images } = app;
  images.processing = 'transformers-4.51';
  const answer = { id: '1', task: 'ocr' as const, prompt: 'What?', targetAnswer: 'a', sourceAnswer: 'b' };
  const picture = new Blob(['x']);
  localize.sets.ownPair = {
    ...{ name: 'mine', notices: [], literalImage: 'strip', literalImages: 0, whole: true },
    pairs: [{ ...answer, target: picture, source: picture }],
  };
  localize.sets.pairSource = 'own';
  await localize.prepare();
  expect(localize.store.shown.facts?.settings).toMatchObject({
    ...{ imageProcessing: 'transformers-4.51', maxImagePixels: 1280 * 720 },
  });
});
