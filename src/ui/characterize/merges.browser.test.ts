import { afterEach, beforeAll, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { fetchGolden } from '../../engine/testing/fetch-golden.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { analysis as energy } from '../../analyses/energy/analysis.ts';
import { analysis as overlap } from '../../analyses/overlap/analysis.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import type { AppState } from '../app/app.svelte.ts';
import type { StudySurroundings } from '../state/study-surroundings.ts';
import { clearStage, stageApp } from '../testing/stage.ts';

let folders: Record<'in' | 'rl', Map<string, File>>;
beforeAll(async () => {
  folders = {
    in: await goldenFolder(fetchGolden, 'untied-gqa2-f16'),
    rl: await goldenFolder(fetchGolden, 'untied-gqa2-f16-b'),
  };
});
afterEach(clearStage);

function surroundings(): StudySurroundings {
  return {
    journals: new Journals(new MemoryStorage()),
    computers: () =>
      Promise.resolve({
        threads: inlineThreads(),
        device: 'cpu' as const,
        computer: 'cpu',
        dispose: () => undefined,
      }),
  };
}

/** Two checkpoints of three layers each, no two weights alike. */
async function opened(): Promise<AppState> {
  const { app } = await stageApp({ layers: 3, visionBlocks: 4 }, surroundings());
  await app.family.place([
    { name: 'x-sft', files: folders.in },
    { name: 'x-rl', files: folders.rl },
  ]);
  app.view.go('characterize');
  await userEvent.click(page.getByText('More settings'));
  return app;
}

const button = (name: string | RegExp) => page.getByRole('button', { name });
const compared = () => page.getByRole('list', { name: 'Merges compared' });

async function add(blocks: string): Promise<void> {
  await page.getByLabelText('Compare a merge, Early to Late').fill(blocks);
  await button('Add').click();
}

/** A recipe's file: all of IN, with one edit. */
function recipe(name: string, edit: object): File {
  const text = JSON.stringify({
    ...{ format: 'frankenscope-recipe', version: 1, blocks: 'IN' },
    edits: [edit],
  });
  return new File([text], `${name}.json`);
}

const HALFWAY = recipe('halfway', {
  ...{ kind: 'interpolate', donor: 'RL', alpha: 0.5 },
  layers: { first: 2, last: 3 },
});

/** ‖Δ‖ of each update in one matrix of a layer, from the result's file. */
function normsOf(app: AppState, layer: number): Readonly<Record<string, number>> {
  const entry = app.characterize
    .of(energy)
    .file?.layers.find(({ param_name }) => param_name === `model.layers.${layer - 1}.mlp.down_proj.weight`);
  const deltas = entry?.frankenscope?.deltas ?? {};
  return Object.fromEntries(Object.entries(deltas).map(([key, { fro_norm }]) => [key, fro_norm]));
}

test('a merge by notation and one from a file have the energy of what they took', async () => {
  const app = await opened();
  await add('in:rl:rl');
  await expect.element(compared()).toHaveTextContent('IN:RL:RL');
  await page.getByLabelText('Recipe of a merge to compare').upload(HALFWAY);
  await expect.element(compared()).toHaveTextContent('halfway');
  await expect.element(page.getByText(/^4 checkpoints · /)).toBeVisible();
  await button('Measure energy').click();
  await expect.element(button('Energy is measured')).toBeVisible();
  const found = page.getByRole('region', { name: 'What was found' });
  await expect.element(found).toHaveTextContent(/IN:RL:RL − IN: mean ‖Δ‖\/‖W‖ .* Early exactly zero/);
  expect(normsOf(app, 1)).toMatchObject({ 'IN-RL-RL': 0, halfway: 0 });
  for (const layer of [2, 3]) {
    const { rl = 0, halfway = 0, 'IN-RL-RL': stitched } = normsOf(app, layer);
    expect(rl).toBeGreaterThan(0);
    // The same bytes; and half of the way, rounded to float16.
    expect(stitched).toBe(rl);
    expect(Math.abs(halfway / rl - 0.5)).toBeLessThan(1e-4);
  }
  const { provenance } = app.characterize.of(energy).file?.frankenscope ?? {};
  expect(provenance).toMatchObject({
    checkpoints: {
      'IN-RL-RL': {
        merge: { recipe: { layers: ['IN', 'RL', 'RL'] }, donors: { RL: { checkpoint: 'x-rl' } } },
      },
    },
  });
});

test('two recipes along one line share all their directions, and none where neither moves', async () => {
  const app = await opened();
  await add('IN:RL:RL');
  await expect.element(compared()).toHaveTextContent('IN:RL:RL');
  await page.getByLabelText('Recipe of a merge to compare').upload(HALFWAY);
  await expect.element(compared()).toHaveTextContent('halfway');
  await page.getByText('Overlap', { exact: true }).click();
  await page.getByLabelText('Updates').selectOptions('IN:RL:RL − IN and halfway − IN');
  await page.getByText('down_proj', { exact: true }).click();
  await expect.element(page.getByText(/^7 matrices of two updates on/)).toBeVisible();
  await button('Measure overlap').click();
  await expect.element(button('Overlap is measured')).toBeVisible();
  const layers = app.characterize.of(overlap).file?.layers ?? [];
  const at = (layer: number) => layers.find(({ layer_idx }) => layer_idx === layer);
  for (const layer of [-1, 1]) expect(at(layer)).toMatchObject({ k: 0, output: null, input: null });
  for (const layer of [2, 3]) {
    expect(at(layer)?.k).toBe(10);
    expect(at(layer)?.output?.overlap).toBeCloseTo(1, 3);
    expect(at(layer)?.input?.overlap).toBeCloseTo(1, 3);
  }
});

test('a stitch of the Stitcher is taken over, and left out once a donor is closed', async () => {
  const app = await opened();
  app.view.go('transfer');
  await page.getByLabelText('Blocks, Early to Late').fill('IN:IN:RL');
  await userEvent.keyboard('{Enter}');
  await button('Measure its update').click();
  await expect.element(page.getByRole('heading', { level: 1 })).toHaveTextContent('How large');
  await expect.element(compared()).toHaveTextContent('IN:IN:RL');
  await expect.element(page.getByText(/^3 checkpoints · /)).toBeVisible();

  const rl = app.family.slots[2];
  if (rl) await app.family.clear(rl);
  await expect.element(compared()).toHaveTextContent('left out: RL is not open any more');
  await expect.element(page.getByText(/Open two checkpoints or more/)).toBeVisible();
  await button('Remove IN:IN:RL').click();
  await expect.element(compared()).not.toBeInTheDocument();
});

test('noise is measured first, and moves what it is added to', async () => {
  const app = await opened();
  const edit = { kind: 'noise', layers: { first: 3, last: 3 }, part: 'mlp', ratio: 0.1, seed: 7 };
  await page.getByLabelText('Recipe of a merge to compare').upload(recipe('noisy', edit));
  await expect.element(compared()).toHaveTextContent('noisy');
  await expect.element(page.getByText(/^3 checkpoints · /)).toBeVisible();
  await button('Measure energy').click();
  await expect.element(button('Energy is measured')).toBeVisible();
  expect(normsOf(app, 2)['noisy']).toBe(0);
  expect(normsOf(app, 3)['noisy']).toBeGreaterThan(0);
});

test('what cannot be added is named in its place', async () => {
  await opened();
  await add('IN:XX');
  await expect.element(page.getByRole('alert')).toHaveTextContent('UnknownDonor');
  await add('RL:IN:IN');
  await expect.element(compared()).toHaveTextContent('RL:IN:IN');
  await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  await add('rl:in:in');
  await expect.element(page.getByRole('alert')).toHaveTextContent('AlreadyCompared');
});
