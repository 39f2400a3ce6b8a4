import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Capabilities } from '../../engine/protocol/capabilities.ts';
import { CAPABILITIES, FakeEngine } from '../testing/fake-engine.ts';
import { fakeFolder } from '../testing/fake-folder.ts';
import { clearStage, stageApp, stageAround } from '../testing/stage.ts';

const slot = (label: string) => page.getByRole('group', { name: `${label} checkpoint` });

afterEach(clearStage);

function drop(...names: readonly string[]): void {
  const transfer = new DataTransfer();
  for (const name of names) transfer.items.add(new File(['{}'], name));
  window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
}

test('an empty page offers the demo family first, and a folder for each slot', async () => {
  await stageApp();
  const choose = page.getByRole('button', { name: 'Choose a folder' });
  await expect.poll(() => choose.elements().length).toBe(3);
  const demo = page.getByRole('button', { name: 'Open the demo family' });
  const filled = document.querySelectorAll('main .button.filled');
  expect([...filled]).toEqual([demo.element()]);
  expect(document.querySelector('main button')).toBe(demo.element());
});

test('a device that is pressed stays chosen where it stood there already and the machine is known later', async () => {
  let known = (): void => undefined;
  const held = new Promise<Capabilities>((resolve) => (known = () => resolve(CAPABILITIES)));
  const staged = stageAround(Object.assign(new FakeEngine({}), { capabilities: () => held }));
  drop('model.safetensors', 'config.json');
  const device = page.getByRole('group', { name: 'Run on' });
  await userEvent.click(device.getByText('WASM'));
  known();
  const app = await staged;
  expect(CAPABILITIES.preferred).toBe('webgpu');
  expect(app.choice.device).toBe('wasm');
  await expect.element(device.getByRole('radio', { name: 'WebGPU' })).not.toBeChecked();
});

test('folders dropped anywhere find their slots by name', async () => {
  await stageApp();
  drop('model.safetensors', 'config.json');
  await expect.element(slot('Base')).toHaveTextContent('dropped files');
  await expect.element(slot('Base')).toHaveTextContent('8.29 B');
});

test('a family goes to Base, IN, RL and a fourth gets a slot of its own', async () => {
  const { app } = await stageApp();
  await app.family.place(['X-RL', 'X-SFT', 'Qwen-Instruct', 'X-RL-Frozen'].map(fakeFolder));
  await expect.element(slot('Base')).toHaveTextContent('Qwen-Instruct');
  await expect.element(slot('IN')).toHaveTextContent('X-SFT');
  await expect.element(slot('RL')).toHaveTextContent('2 tensors not used');
  await expect.element(slot('RL')).toHaveTextContent('compared at 6,737 spots');
  await expect.element(slot('X-RL-Frozen')).toHaveTextContent('X-RL-Frozen');
});

test('a further checkpoint is called by its folder, or as one likes, and recipes follow', async () => {
  const { app } = await stageApp();
  await app.family.place(['X-RL', 'X-SFT', 'Qwen-Instruct', 'X-RL-Frozen'].map(fakeFolder));
  const [base, , , frozen] = app.family.slots;
  app.stitcher.setBlocks('IN:X-RL-Frozen:IN');
  const field = page.getByRole('textbox', { name: 'Name on charts and in recipes' });
  expect(field.elements()).toHaveLength(1);
  await field.fill('rl');
  await userEvent.keyboard('{Enter}');
  // RL is another's name.
  await expect.element(slot('rl 2')).toBeVisible();
  await expect.element(field).toHaveValue('rl 2');
  expect(new Set(app.stitcher.recipe?.layers)).toEqual(new Set(['IN', 'rl 2']));
  app.jobs.report({ id: 'work', title: 'Work', detail: '', share: null, cancel: () => undefined });
  await expect.element(field).toBeDisabled();
  app.jobs.end('work');
  await field.fill('');
  await userEvent.keyboard('{Enter}');
  await expect.element(slot('M4')).toBeVisible();
  expect(base?.identity.label).toBe('Base');
  expect(frozen?.identity.colour).toBe('var(--checkpoint-4)');
  await slot('M4').getByRole('button', { name: 'Close M4' }).click();
  await expect.element(slot('M4').getByRole('button', { name: 'Choose a folder' })).toBeVisible();
});

test('a folder that does not open says why in its slot, and the page goes on', async () => {
  const { app } = await stageApp();
  await app.family.place([fakeFolder('broken-sft'), fakeFolder('X-RL')]);
  const alert = slot('IN').getByRole('alert');
  await expect.element(alert).toHaveTextContent('OverlappingTensors');
  await expect.element(alert).toHaveTextContent('model-00002-of-00004.safetensors');
  await expect.element(alert).toHaveTextContent('Download the file again; its SHA-256 is on the model page.');
  await expect.element(slot('RL').getByRole('button', { name: 'Load RL' })).toBeVisible();
  await slot('IN').getByRole('button', { name: 'Close IN' }).click();
  await expect.element(slot('IN').getByRole('button', { name: 'Choose a folder' })).toBeVisible();
});

test('loading shows bytes and can be cancelled, then done and undone', async () => {
  const { app, engine } = await stageApp({ pace: 700 });
  await app.family.place([fakeFolder('X-RL')]);
  await slot('RL').getByRole('button', { name: 'Load RL' }).click();
  await expect.element(slot('RL').getByRole('progressbar')).toBeVisible();
  await expect.element(slot('RL')).toHaveTextContent(/of 15\.4 GiB · 812 MiB\/s · \d+ s left/);
  await slot('RL').getByRole('button', { name: 'Cancel loading RL' }).click();
  await expect.element(slot('RL').getByRole('button', { name: 'Load RL' })).toBeVisible();
  expect(app.jobs.list).toEqual([]);
  await slot('RL').getByRole('button', { name: 'Load RL' }).click();
  await expect.element(slot('RL').getByRole('button', { name: 'Unload RL' })).toBeVisible();
  await expect.element(slot('RL')).toHaveTextContent('7.12 % of ‖W‖');
  await slot('RL').getByRole('button', { name: 'Unload RL' }).click();
  await expect.element(slot('RL').getByRole('button', { name: 'Load RL' })).toBeVisible();
  expect(engine.requests).toEqual([]);
});

test('what does not fit is refused with numbers, and another dtype lifts the refusal', async () => {
  const { app } = await stageApp({ budgetBytes: 8 * 1024 ** 3 });
  await app.family.place([fakeFolder('X-RL')]);
  await page.getByText('f16', { exact: true }).click();
  await expect
    .element(slot('RL').getByRole('alert'))
    .toHaveTextContent('16.2 GiB are needed and 8.0 GiB are free');
  expect(slot('RL').getByRole('button', { name: 'Load RL' }).elements()).toEqual([]);
  await page.getByText('q4', { exact: true }).click();
  await expect.element(slot('RL').getByRole('button', { name: 'Load RL' })).toBeVisible();
});

test('memory that is stated says what taking turns costs, and the least that does', async () => {
  const { app } = await stageApp({ budgetBytes: Infinity });
  await app.family.place([fakeFolder('X-IN'), fakeFolder('X-RL')]);
  await page.getByText('q4', { exact: true }).click();
  const memory = page.getByLabelText('Memory, GiB');
  await memory.fill('3');
  memory.element().dispatchEvent(new Event('change', { bubbles: true }));
  await expect.element(slot('RL').getByRole('alert')).toHaveTextContent('state 4.63 GiB or more');
  await memory.fill('6');
  memory.element().dispatchEvent(new Event('change', { bubbles: true }));
  await slot('IN').getByRole('button', { name: 'Load IN' }).click();
  await expect.element(slot('IN').getByRole('button', { name: 'Unload IN' })).toBeVisible();
  expect(app.choice.options.memory).toBe(6 * 2 ** 30);
  // 4.40 GiB are held, 4.62 needed: 3.02 too many.
  await expect.element(slot('RL')).toHaveTextContent('up to 3.02 GiB are read again, some 3.8 s');
  await memory.fill('');
  memory.element().dispatchEvent(new Event('change', { bubbles: true }));
  await expect.element(slot('RL')).not.toHaveTextContent('read again');
});

test('kept weights are listed with their size and can be deleted', async () => {
  const { app } = await stageApp({ stored: [{ key: 'k', name: 'X-RL', dtype: 'q4', bytes: 4_724_464_025 }] });
  app.view.toggleSheet('machine');
  await expect.element(page.getByRole('dialog')).toHaveTextContent('4.4 GiB');
  await page.getByRole('button', { name: 'Delete X-RL q4' }).click();
  await expect.element(page.getByRole('dialog')).toHaveTextContent('None are kept on this machine.');
});

test('the foot names the machine, and the sheet what it lacks with a remedy', async () => {
  const capabilities: Capabilities = {
    ...CAPABILITIES,
    webgpu: null,
    preferred: 'wasm',
    findings: [
      { kind: 'no-adapter', what: 'no adapter was offered', remedy: 'enable hardware acceleration' },
    ],
  };
  await stageApp({ capabilities });
  const line = page.getByRole('button', { name: 'WASM · 8 threads' });
  await expect.element(line).toHaveTextContent('No GPU adapter');
  await line.click();
  await expect.element(page.getByRole('dialog')).toHaveTextContent('Enable hardware acceleration.');
});

test('keys open and close what they name, and the address keeps it', async () => {
  const { app, engine } = await stageApp();
  await userEvent.keyboard('t');
  await expect.element(page.getByRole('complementary', { name: 'Try it' })).toBeVisible();
  expect(location.hash).toBe('#open?try');
  await userEvent.keyboard('{Escape}');
  expect(location.hash).toBe('#open');
  await userEvent.keyboard('?');
  await expect.element(page.getByRole('dialog', { name: 'Keys and words' })).toBeVisible();
  await userEvent.keyboard('?');
  expect(app.view.sheet).toBeNull();
  await userEvent.keyboard('l');
  expect(document.documentElement.hasAttribute('data-talk')).toBe(true);
  await userEvent.keyboard('ld');
  expect(document.documentElement.getAttribute('data-theme')).toBe('light');
  engine.report({ state: 'rebuilding', reason: 'the device was lost' });
  await expect.element(page.getByRole('main')).toHaveTextContent('The engine is being rebuilt.');
});
