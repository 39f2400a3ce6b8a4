import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { NamedError } from '../../named-error.ts';
import { fakeFolder } from '../testing/fake-folder.ts';
import { clearStage, stageApp } from '../testing/stage.ts';

const panel = () => page.getByRole('complementary', { name: 'Try it' });

/** Two loaded models, IN and RL, and the panel open. */
async function ready(pace = 0) {
  const staged = await stageApp({ layers: 6, visionBlocks: 2, pace });
  await staged.app.family.place(['X-SFT', 'X-RL'].map(fakeFolder));
  await staged.app.family.loadAll();
  staged.app.view.toggleTryIt(true);
  await expect.element(panel()).toBeVisible();
  return staged;
}

async function ask(question: string): Promise<void> {
  await panel().getByRole('textbox', { name: 'Question' }).fill(question);
  await panel().getByRole('button', { name: 'Ask' }).click();
}

afterEach(clearStage);

test('without a loaded model the panel says what is missing', async () => {
  const { app } = await stageApp();
  app.view.toggleTryIt(true);
  await expect.element(panel()).toHaveTextContent('No checkpoint is open yet.');
});

test('where a checkpoint is missing the demo family is one press away, and what became of it is told there', async () => {
  const { app } = await stageApp();
  const opened = vi.spyOn(app.demo, 'open').mockResolvedValue();
  app.view.toggleTryIt(true);
  await panel().getByRole('button', { name: 'Open the demo family' }).click();
  expect(opened).toHaveBeenCalledOnce();
  app.demo.phase = { kind: 'opening', what: 'Base: 1 MiB of 6 MiB', share: 0.2 };
  await expect.element(panel()).toHaveTextContent('Opening the demo family: Base: 1 MiB of 6 MiB');
  app.view.toggleTryIt(false);
  app.demo.phase = { kind: 'failed', error: new NamedError('DemoFileUnreachable', 'no network', {}, 'look') };
  for (const name of ['Localize', 'Characterize', 'Transfer', 'Necessity', 'Perception or reasoning']) {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('DemoFileUnreachable');
    await expect.element(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  }
});

test('an intact model gives one answer, with what it cost', async () => {
  const { app, engine } = await ready();
  app.asking.addImages([new File([new Uint8Array(4)], 'scene.png', { type: 'image/png' })]);
  await ask('Where is the cube?');
  await expect.element(panel()).toHaveTextContent('The red cube stands left of the small blue sphere.');
  await expect.element(panel()).toHaveTextContent('280 prompt tokens, 256 of them image');
  expect(engine.requests).toHaveLength(1);
  expect(engine.requests[0]).toMatchObject({ prompt: 'Where is the cube?', maxNewTokens: 64 });
  expect(engine.requests[0]?.rows).toBeUndefined();
  expect(engine.requests[0]?.images).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await expect.element(panel()).not.toHaveTextContent('late');
  expect(app.jobs.list).toEqual([]);
});

test('a switched-off layer is a second row of the same run, and the change is shown', async () => {
  const { engine } = await ready();
  await panel().getByRole('switch', { name: 'Layer 3' }).click();
  await expect.element(panel()).toHaveTextContent('Layer 3 off.');
  await ask('Where is the cube?');
  await expect.element(panel()).toHaveTextContent('Changed at token 4');
  expect(engine.requests).toHaveLength(1);
  expect(engine.requests[0]?.rows).toEqual([{}, { ablate: [{ layer: 2, part: 'layer' }] }]);
  const marks = [...document.querySelectorAll('mark')].map((mark) => mark.textContent);
  expect(marks).toEqual(['stands', 'is']);
});

test('a layer handed to another model is a run of its own', async () => {
  const { app, engine } = await ready();
  await panel().getByRole('switch', { name: 'Layer 5' }).element().focus();
  await userEvent.keyboard('{Shift>}{ArrowRight}{/Shift}r');
  await expect.element(panel()).toHaveTextContent('Layers 5–6 from RL.');
  await ask('Where is the cube?');
  await expect.element(panel()).toHaveTextContent('Changed at token 5');
  const [whole, stitched] = engine.requests;
  const [inId, rlId] = app.family.loaded.map(({ checkpoint }) => checkpoint.id);
  expect(whole?.subject.layers).toEqual(Array.from({ length: 6 }, () => inId));
  expect(stitched?.subject).toEqual({ layers: [inId, inId, inId, inId, rlId, rlId], rest: inId });
});

test('an answer can be stopped and keeps what came', async () => {
  const { app } = await ready(200);
  await ask('Where is the cube?');
  await expect.element(panel()).toHaveTextContent('The red');
  await panel().getByRole('button', { name: 'Stop' }).click();
  await expect.element(panel()).toHaveTextContent('Stopped.');
  expect(app.asking.current?.intact.tokens.length).toBeGreaterThan(0);
  expect(app.jobs.list).toEqual([]);
});

test('an error is shown in place and the next question works', async () => {
  await ready();
  await panel().getByRole('button', { name: 'Ask' }).click();
  await expect.element(panel().getByRole('alert')).toHaveTextContent(/^EmptyPrompt.*Question.*Write/);
  await ask('Where is the cube?');
  await expect.element(panel()).toHaveTextContent('left of the small blue sphere.');
  await expect
    .element(panel().getByRole('region', { name: 'Asked before' }))
    .toHaveTextContent('EmptyPrompt');
});

test('asking again on change follows the strip', async () => {
  const { app, engine } = await ready();
  await ask('Where is the cube?');
  await panel().getByRole('checkbox', { name: 'Ask again on change' }).click();
  app.stitch.toggle([2]);
  await expect.element(panel()).toHaveTextContent('Changed at token 4');
  expect(engine.requests).toHaveLength(2);
});

test('settings and the system prompt reach the engine', async () => {
  const { engine } = await ready();
  await panel().getByText('Settings').click();
  await panel().getByRole('spinbutton', { name: 'Temperature' }).fill('0.7');
  await panel().getByRole('spinbutton', { name: 'Most new tokens' }).fill('3');
  await panel().getByRole('checkbox', { name: 'Own system prompt' }).click();
  await ask('Where is the cube?');
  await expect.element(panel()).toHaveTextContent('Stopped at the limit of new tokens.');
  expect(engine.requests[0]).toMatchObject({
    maxNewTokens: 3,
    system: '',
    sampling: { temperature: 0.7, seed: 0 },
  });
});
