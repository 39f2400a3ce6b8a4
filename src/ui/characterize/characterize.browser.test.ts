import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import type { SpectraThreads } from '../../spectra/threads/spectra-threads.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import type { Folder } from '../files/folder.ts';
import type { StudySurroundings } from '../state/study-surroundings.ts';
import type { AppState } from '../app/app.svelte.ts';
import { clearStage, stageApp } from '../testing/stage.ts';
import { cancelled } from '../../work/cancel.ts';

afterEach(clearStage);

const LAYERS = 12;

/** A folder of `LAYERS` matrices, each `scale(layer)` times the identity. */
function model(name: string, scale: (layer: number) => number): Folder {
  const tensors = Array.from({ length: LAYERS }, (_, layer) => {
    const matrix = new Float32Array(16);
    for (let i = 0; i < 4; i++) matrix[i * 5] = scale(layer);
    const bytes = new Uint8Array(matrix.buffer);
    return {
      name: `model.layers.${layer}.mlp.down_proj.weight`,
      dtype: 'F32' as const,
      shape: [4, 4],
      bytes,
    };
  });
  const file = 'model.safetensors';
  return { name, files: new Map([[file, new File([writeSafetensors(tensors)], file)]]) };
}

/** A worker that computes only as many tensors as it is let. */
class GatedThreads {
  #waiting: (() => void)[] = [];
  #free = 0;

  let(count: number): void {
    this.#free += count;
    while (this.#free > 0 && this.#waiting.length > 0) {
      this.#free -= 1;
      this.#waiting.shift()?.();
    }
  }

  threads = (): SpectraThreads => {
    const inline = inlineThreads();
    return {
      ...inline,
      energy: async (task, signal) => {
        await new Promise<void>((go, reject) => {
          const cancel = () => reject(cancelled());
          signal?.addEventListener('abort', cancel, { once: true });
          this.#waiting.push(go);
          this.let(0);
        });
        return inline.energy(task, signal);
      },
    };
  };
}

function surroundings(journals: Journals, threads: () => SpectraThreads): StudySurroundings {
  return {
    journals,
    computers: () =>
      Promise.resolve({
        threads: threads(),
        device: 'cpu' as const,
        computer: 'cpu',
        dispose: () => undefined,
      }),
  };
}

async function opened(around: StudySurroundings): Promise<AppState> {
  const { app } = await stageApp({}, around);
  await app.family.place([
    model('x-base', () => 1),
    model('x-sft', (layer) => 2 + layer),
    model('x-rl', (layer) => (layer < 4 ? 2 + layer : 3 + layer)),
  ]);
  app.view.go('characterize');
  return app;
}

const button = (name: string | RegExp) => page.getByRole('button', { name });

test('energy fills, is cancelled at once, comes back and is resumed', async () => {
  const journals = new Journals(new MemoryStorage());
  const gate = new GatedThreads();
  await opened(surroundings(journals, gate.threads));
  await expect.element(page.getByText('3 checkpoints · 12 tensors · 2.25 KiB to read')).toBeVisible();
  await button('Measure energy').click();
  await expect.element(page.getByText('0 of 12 tensors so far').first()).toBeVisible();
  gate.let(5);
  await expect.element(page.getByText('5 of 12 tensors so far').first()).toBeVisible();
  await button('Cancel').first().click();
  await expect.element(button('Resume: 5 of 12 tensors are done')).toBeVisible();

  // As after a reload: a new app over the same storage.
  const second = new GatedThreads();
  await opened(surroundings(journals, second.threads));
  await button('Resume: 5 of 12 tensors are done').click();
  second.let(7);
  await expect.element(button('Energy is measured')).toBeVisible();
  const found = page.getByRole('region', { name: 'What was found' });
  await expect.element(found).toHaveTextContent('RL − IN: mean ‖Δ‖/‖W‖ ± standard deviation between layers');
  await button('Forget these results').click();
  await expect.element(button('Measure energy')).toBeVisible();
  expect((await journals.list()).filter(({ kind }) => kind === 'energy')).toEqual([]);
});

test('what was measured stays, and says of what, while others open and close; only what helps is offered', async () => {
  const gate = new GatedThreads();
  gate.let(100);
  const app = await opened(surroundings(new Journals(new MemoryStorage()), gate.threads));
  await button('Measure energy').click();
  await expect.element(button('Energy is measured')).toBeVisible();
  const found = page.getByRole('region', { name: 'What was found' });
  const sentence = found.getByText(/^RL − IN: mean/);
  await expect.element(sentence).toBeVisible();
  const of =
    'What is shown below is of the settings before: Update energy, IN − Base and RL − IN, of Base (x-base), IN (x-sft) and RL (x-rl).';

  await app.family.place([model('x-frozen', () => 3)]);
  await expect
    .element(page.getByText(/^Settings have changed/))
    .toHaveTextContent(`Settings have changed: Checkpoints Base, IN, RL → Base, IN, RL, x-frozen. ${of}`);
  await expect.element(sentence).toBeVisible();
  const [base, before, rl, frozen] = app.family.slots;
  for (const slot of [base, before, frozen]) if (slot) await app.family.clear(slot);
  await expect
    .element(page.getByText(`What it was measured of is not open, or not loaded, any more. ${of}`))
    .toBeVisible();
  await expect.element(sentence).toBeVisible();
  // Weights are read from their files.
  await expect.element(button('Go to Open')).toBeVisible();
  expect(button(/^Load /).elements()).toEqual([]);
  if (rl) await app.family.clear(rl);
  await expect.element(page.getByText(of)).not.toBeInTheDocument();
});

test('a press that comes before the checkpoints were compared is heard', async () => {
  const app = await opened(surroundings(new Journals(new MemoryStorage()), () => inlineThreads()));
  const pressed = app.characterize.start();
  // The page lays out once more, since something it shows has changed.
  void app.characterize.prepare();
  await pressed;
  expect(app.characterize.store.run.done).toBe(true);
});

test('diversity of the identity: all singular values equal, effective rank 4', async () => {
  await opened(surroundings(new Journals(new MemoryStorage()), () => inlineThreads()));
  await page.getByText('Diversity', { exact: true }).click();
  await expect.element(page.getByText(/^24 exact spectra on/)).toBeVisible();
  await button('Measure diversity').click();
  await expect.element(button('Diversity is measured')).toBeVisible();
  const found = page.getByRole('region', { name: 'What was found' });
  await expect
    .element(found)
    .toHaveTextContent('IN − Base: mean effective rank ± standard deviation between layers');
  await expect.element(found).toHaveTextContent('RL − IN: 12 spectra on cpu; 4 exactly zero');
});

test('spectra that the GPU cannot compute are kept with those of the CPU, and the choice says so', async () => {
  const journals = new Journals(new MemoryStorage());
  const app = await opened(surroundings(journals, () => inlineThreads()));
  const { characterize } = app;
  expect(characterize.device).toBe('webgpu');
  await page.getByText('Diversity', { exact: true }).click();
  await button('Measure diversity').click();
  await expect.element(button('Diversity is measured')).toBeVisible();
  expect(characterize.device).toBe('cpu');
  const kept = (await journals.list()).filter(({ kind }) => kind === 'diversity');
  expect(kept.map(({ settings, done }) => [(settings as { computer: string }).computer, done])).toEqual([
    ['cpu', 12],
  ]);
  // With a GPU nothing is done yet.
  characterize.chosenDevice = 'webgpu';
  await expect.element(button('Measure diversity')).toBeVisible();
  expect(characterize.store.next?.identity.settings).toMatchObject({
    computer: 'vendor nvidia, architecture ampere',
  });
});

test('overlap of updates along the same axes: shared whole, in charts, words and a table, at every k', async () => {
  await opened(surroundings(new Journals(new MemoryStorage()), () => inlineThreads()));
  await page.getByText('Overlap', { exact: true }).click();
  await page.getByLabelText('Directions, at most').fill('4');
  await expect.element(page.getByText(/^12 matrices of two updates on/)).toBeVisible();
  await button('Measure overlap').click();
  await expect.element(button('Overlap is measured')).toBeVisible();
  const found = page.getByRole('region', { name: 'What was found' });
  // RL leaves the first four layers as they were; multiples of the identity share all their four directions.
  await expect.element(found).toHaveTextContent('In 4 of 12 matrices one of the updates is exactly zero');
  await expect
    .element(found)
    .toHaveTextContent(/Output directions: .*first 4 directions .*Late 1 \(.*chance 1\)/);
  const lines = page.getByRole('figure', { name: /^Shared directions per layer/ });
  await expect.element(lines).toBeVisible();
  await expect.element(page.getByRole('figure', { name: /by projection, output directions/ })).toBeVisible();
  await page.getByTitle(/^Right singular vectors/).click();
  await expect.element(page.getByRole('figure', { name: /by projection, input directions/ })).toBeVisible();
  await page.getByText('Principal angles', { exact: true }).click();
  await expect.element(page.getByRole('figure', { name: /^Principal angles, input/ })).toBeVisible();
  await page.getByLabelText('Show the first k').fill('2');
  await userEvent.keyboard('{Enter}');
  await expect.element(lines).toHaveTextContent('k = 2');
});

test('of six checkpoints, the directions of one update at a time are shown', async () => {
  const { app } = await stageApp(
    {},
    surroundings(new Journals(new MemoryStorage()), () => inlineThreads()),
  );
  const further = ['x-a', 'x-b', 'x-c'].map((name, i) => model(name, (layer) => layer + i));
  await app.family.place([
    model('x-base', () => 1),
    model('x-sft', (layer) => 2 + layer),
    model('x-rl', (layer) => 4 + layer),
    ...further,
  ]);
  app.view.go('characterize');
  await button('Measure energy').click();
  await expect.element(button('Energy is measured')).toBeVisible();
  const directions = page.getByRole('figure', { name: /^Direction of the updates, against/ });
  await expect.element(directions).toHaveAccessibleName(/against IN − Base/);
  await page.getByRole('group', { name: 'Directions against' }).getByText('x-b − IN').click();
  await expect.element(directions).toHaveAccessibleName(/against x-b − IN/);
  await directions.getByRole('button', { name: 'Table' }).click();
  await expect.element(directions.getByRole('columnheader', { name: 'RL − IN, cosine' })).toBeVisible();
  await expect
    .element(directions.getByRole('columnheader', { name: 'x-b − IN, cosine' }))
    .not.toBeInTheDocument();
});

test('with fewer than two checkpoints the page says what it needs', async () => {
  const { app } = await stageApp(
    {},
    surroundings(new Journals(new MemoryStorage()), () => inlineThreads()),
  );
  app.view.go('characterize');
  await expect.element(page.getByText(/Open two checkpoints or more/)).toBeVisible();
  await expect.element(button('Measure energy')).toBeDisabled();
});

test('checkpoints with nothing in common are refused in place, with a name', async () => {
  const { app } = await stageApp(
    {},
    surroundings(new Journals(new MemoryStorage()), () => inlineThreads()),
  );
  const other = { name: 'norm.weight', dtype: 'F32' as const, shape: [1], bytes: new Uint8Array(4) };
  const file = 'model.safetensors';
  await app.family.place([
    model('x-base', () => 1),
    { name: 'x-sft', files: new Map([[file, new File([writeSafetensors([other])], file)]]) },
  ]);
  app.view.go('characterize');
  await expect.element(page.getByRole('alert')).toHaveTextContent('NothingToCompare');
});
