import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import { analysis as diversity } from '../../analyses/diversity/analysis.ts';
import { analysis as energy } from '../../analyses/energy/analysis.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import { keepAsOtherBuild } from '../../study/testing/other-build.ts';
import type { Folder } from '../files/folder.ts';
import type { StudySurroundings } from '../state/study-surroundings.ts';
import { clearStage, stageApp } from '../testing/stage.ts';

afterEach(clearStage);

const RECORD: EnergyRecord = { elements: 1, weights: {}, squares: {}, unchanged: {}, products: {} };

function model(name: string, scale: number): Folder {
  const tensors = [0, 1, 2].map((layer) => ({
    name: `model.layers.${layer}.mlp.down_proj.weight`,
    dtype: 'F32' as const,
    shape: [2, 2],
    bytes: new Uint8Array(Float32Array.of(scale, 0, 0, scale).buffer),
  }));
  const file = 'model.safetensors';
  return { name, files: new Map([[file, new File([writeSafetensors(tensors)], file)]]) };
}

const around = (journals: Journals): StudySurroundings => ({
  journals,
  computers: () =>
    Promise.resolve({
      ...{ threads: inlineThreads(), device: 'cpu' as const, computer: 'cpu' },
      dispose: () => undefined,
    }),
});

const sheet = () => page.getByRole('dialog', { name: 'This machine' });

async function openSheet(): Promise<void> {
  await userEvent.keyboard('m');
  await expect.element(sheet().getByRole('heading', { name: 'Kept results' })).toBeVisible();
}

test('what was begun is gone on with from the list, under the settings it was begun with', async () => {
  const journals = new Journals(new MemoryStorage());
  const { app } = await stageApp({}, around(journals));
  await app.family.place([model('x-base', 1), model('x-sft', 2), model('x-rl', 3)]);
  const { characterize } = app;
  characterize.set('rounding', 'reference');
  characterize.set('rlFrom', 'base');
  await characterize.prepare();
  const identity = characterize.store.plan?.identity as WorkIdentity;
  await runJournalled<EnergyRecord, unknown>(journals, identity, 3, async ({ onRecord }) => {
    await onRecord?.('model.layers.0.mlp.down_proj.weight', RECORD);
    throw new Error('cut off');
  }).catch(() => undefined);
  characterize.measure = 'diversity';
  characterize.set('rounding', 'stored');
  characterize.set('rlFrom', 'in');
  await characterize.prepare();

  await openSheet();
  await expect.element(sheet().getByText('1 of 3 records, goes on from there')).toBeVisible();
  await expect
    .element(sheet().getByText(/^Begun \d{4}-\d\d-\d\d .*; updates .*, rounding reference/))
    .toBeVisible();
  await sheet()
    .getByRole('button', { name: /^Go on with Update energy/ })
    .click();
  await expect.poll(() => characterize.store.run.done).toBe(true);
  expect(characterize.measure).toBe('energy');
  expect(characterize.store.values).toMatchObject({ rounding: 'reference', rlFrom: 'base' });
  expect(app.view.page).toBe('characterize');
  expect(await journals.list()).toMatchObject([{ complete: true, done: 3 }]);
});

test('a part of the weights, singular values kept and seed are taken up with the work', async () => {
  const journals = new Journals(new MemoryStorage());
  const { app } = await stageApp({}, around(journals));
  await app.family.place([model('x-base', 1), model('x-sft', 2), model('x-rl', 3)]);
  const { characterize } = app;
  const asked = { weights: 'layers.1', topk: 1, mode: 'fast', seed: 7 } as const;
  characterize.restore('diversity', asked);
  characterize.chosenDevice = 'cpu';
  await characterize.prepare();
  const { identity } = characterize.of(diversity).plan ?? {};
  const cutOff = () => Promise.reject(new Error('cut off'));
  await runJournalled(journals, identity as WorkIdentity, 1, cutOff).catch(() => undefined);
  characterize.restore('diversity', { weights: null, topk: 50, mode: 'exact', seed: 0 });
  await characterize.prepare();

  await openSheet();
  await sheet()
    .getByRole('button', { name: /^Go on with Update diversity/ })
    .click();
  await expect.poll(() => characterize.store.run.done).toBe(true);
  expect(characterize.store.values).toMatchObject(asked);
});

test('what cannot be gone on with says what is missing, and leaves the page as it was', async () => {
  const storage = new MemoryStorage();
  const journals = new Journals(storage);
  const work: WorkIdentity = {
    ...{ kind: 'energy', title: 'Update energy of x, y', settings: { rounding: 'stored', deltas: [] } },
    inputs: {
      ...{ 'weights of in': 'a'.repeat(64), 'weights of rl': 'b'.repeat(64) },
      ...{ 'config.json of in': 'c'.repeat(64), samples: 'd'.repeat(64) },
    },
  };
  await runJournalled(journals, work, 3, () => Promise.reject(new Error('cut off'))).catch(() => undefined);
  const { app } = await stageApp({}, around(journals));
  app.characterize.set('rounding', 'reference');
  await openSheet();
  await sheet().getByRole('button', { name: 'Go on with Update energy of x, y' }).click();
  const alert = sheet().getByRole('alert');
  await expect
    .element(alert)
    .toHaveTextContent('Not open: in (weights aaaaaaaaaaaa) and rl (weights bbbbbbbbbbbb)');
  await expect.element(alert).toHaveTextContent(/open and load the folder whose weights are aaaaaaaaaaaa/i);
  expect(app.characterize.store.values['rounding']).toBe('reference');
});

test('what was begun with the demo family opens it, and says so where it carries another one', async () => {
  const journals = new Journals(new MemoryStorage());
  const folders = [model('demo:in', 2), model('demo:rl', 3)] as const;
  const first = await stageApp({}, around(journals));
  const openIn = async ({ app }: typeof first, [inFolder, rlFolder]: readonly [Folder, Folder]) => {
    const [, forIn, forRl] = app.family.slots;
    if (!forIn || !forRl) throw new Error('slots of IN and RL are always there');
    await app.family.open(forIn, inFolder);
    await app.family.open(forRl, rlFolder);
  };
  await openIn(first, folders);
  await first.app.characterize.prepare();
  const identity = first.app.characterize.of(energy).plan?.identity as WorkIdentity;
  await runJournalled(journals, identity, 3, () => Promise.reject(new Error('cut off'))).catch(
    () => undefined,
  );
  const checkpoints = ['in', 'rl'].map((role) => ({
    rest: { name: `demo:${role}`, fingerprint: identity.inputs[`weights of ${role}`] ?? '' },
  }));
  const given = { checkpoints };
  await journals.keepShown(identity, 'energy', { title: identity.title, told: '', n: '3 tensors', given });

  const second = await stageApp({}, around(journals));
  const open = vi.spyOn(second.app.demo, 'open').mockImplementation(() => Promise.resolve());
  await openSheet();
  const goOn = sheet().getByRole('button', { name: /^Go on with Update energy/ });
  await goOn.click();
  const alert = sheet().getByRole('alert');
  await expect
    .element(alert)
    .toHaveTextContent(/Not open: in \(folder "demo:in", weights [0-9a-f]{12}\) and rl \(folder "demo:rl",/);
  await expect.element(alert).toHaveTextContent(/Open the demo family, and go on again/);

  open.mockImplementation(() => openIn(second, folders));
  await goOn.click();
  await expect.poll(() => second.app.characterize.store.run.done).toBe(true);
  expect(second.app.view.page).toBe('characterize');
  await expect.poll(() => journals.list()).toMatchObject([{ complete: true, done: 3 }]);
  expect(open).toHaveBeenCalledTimes(2);
});

test('what another build kept is shown as its own, is saved as its own, and is computed again, not gone on with', async () => {
  const storage = new MemoryStorage();
  const journals = new Journals(storage);
  const { app } = await stageApp({}, around(journals));
  await app.family.place([model('x-sft', 2), model('x-rl', 3)]);
  await app.characterize.prepare();
  const { characterize } = app;
  const { plan } = characterize.of(energy);
  if (!plan) throw new Error('nothing is compared');
  const own = await plan.run({ threads: inlineThreads() }, {});
  // Twice the update: what this build never says.
  const theirs = [...own].map(([name, record]) => {
    const squares = Object.entries(record.squares).map(([key, square]) => [key, 4 * square] as const);
    return [name, { ...record, squares: Object.fromEntries(squares) }] as const;
  });
  await keepAsOtherBuild(storage, plan.identity, Object.fromEntries(theirs));
  characterize.measure = 'diversity';
  characterize.set('rounding', 'reference');
  await app.characterize.prepare();

  await openSheet();
  await sheet()
    .getByRole('button', { name: /^Show Update energy/ })
    .click();
  expect(app.view.page).toBe('characterize');
  expect(characterize.measure).toBe('energy');
  expect(characterize.store.values).toMatchObject({ rounding: 'stored' });
  await expect
    .element(page.getByText(/^Computed by build 0\.0\.1 \(0123abcd\) on 2026-01-02 03:04, whose code/))
    .toBeVisible();
  await expect
    .element(page.getByText(/3 tensors · computed by build 0\.0\.1 .* on 2026-01-02/).first())
    .toBeVisible();
  const norms = () => characterize.of(energy).file?.layers;
  const [theirNorms, ownNorms] = [norms(), plan.file(own).layers];
  expect(JSON.stringify(theirNorms)).not.toBe(JSON.stringify(ownNorms));
  expect(characterize.store.file?.frankenscope?.provenance).toMatchObject({
    computedBy: { build: '0.0.1 (0123abcd)', at: '2026-01-02T03:04:05.678Z' },
  });
  expect(characterize.store.run.resumable).toBe(false);

  await page.getByRole('button', { name: 'Compute again' }).click();
  await expect.poll(() => characterize.store.run.origin === null && characterize.store.run.done).toBe(true);
  expect(norms()).toEqual(ownNorms);
  expect(characterize.store.file?.frankenscope?.provenance).not.toHaveProperty('computedBy');
  await expect.element(page.getByText(/^Computed by build/)).not.toBeInTheDocument();
  expect(await journals.list()).toHaveLength(2);
});

test('settings that are none begin anew, each by itself, and it is told', async () => {
  localStorage.setItem(
    'localize',
    JSON.stringify({
      ...{ probe: 'lens', chosen: 7, constructor: 1 },
      settings: { swap: { rows: -1, tasks: 'ocr' }, lens: { samples: 'all', seed: 7 }, none: 1 },
    }),
  );
  localStorage.setItem('frankenscope.images', '{"maxImagePixels":"many"');
  localStorage.setItem('frankenscope.appearance', '[]');
  const { app } = await stageApp({}, around(new Journals(new MemoryStorage())));
  expect(app.localize.settings).toMatchObject({
    ...{ probe: 'lens', chosen: null },
    settings: { swap: { rows: null }, lens: { samples: 50, seed: 7 } },
  });
  expect(app.localize.stores.get('swap')?.values['tasks']).toHaveLength(4);
  expect(app.appearance.theme).toBe('system');
  expect(app.images.notice).toMatch(
    /could not be read, and begin anew: image processing, max image pixels\.$/,
  );
  app.view.go('localize');
  await expect
    .element(page.getByText(/begin anew: chosen, swap tasks, swap rows, lens samples\.$/))
    .toBeVisible();
});
