import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNSANDBOXED } from '../scripts/chromium-flags.mjs';
import { AppPage } from './app.ts';
import { BAD_FOLDERS as DAMAGED, makeBadFolder } from './fixtures/bad-folders.ts';
import { copyOf, editConfig, temporaryFolder } from './fixtures/folders.ts';
import { goldenCase, goldenFolder, goldenImage, goldenText } from './fixtures/goldens.ts';
import type { CommandResult } from './fixtures/headless.ts';
import { headless } from './fixtures/headless.ts';
import { sevenBillion } from './fixtures/large-folders.ts';
import { OTHER_FOLDERS } from './fixtures/other-folders.ts';
import { HeadlessWorker } from './fixtures/worker.ts';
import { expect, test } from './page.ts';

const BAD_FOLDERS = [...DAMAGED, ...OTHER_FOLDERS];
const QUESTION = 'What is in the picture?';
const WASM = ['--device', 'wasm', '--dtype', 'f32'];

let folder: ReturnType<typeof temporaryFolder>;
test.beforeAll(() => {
  folder = temporaryFolder();
  for (const bad of BAD_FOLDERS) makeBadFolder(bad, folder.path);
  writeFileSync(join(folder.path, 'notes.png'), 'not a picture');
  editConfig(copyOf('untied-gqa2-f16', folder.path, 'short context'), { max_position_embeddings: 32 });
});
test.afterAll(() => folder.dispose());

/** Exit code 2, nothing on stdout, and one line on stderr: the error's name, what and where, a remedy. */
function expectRefusal(
  { code, stdout, stderr }: Omit<CommandResult, 'seconds'>,
  error: string,
  names: readonly string[] = [],
): void {
  expect(stderr).toMatch(new RegExp(`^${error}: [^\\n]+; [^\\n]+\\n$`));
  for (const name of names) expect(stderr).toContain(name);
  expect(stdout).toBe('');
  expect(code).toBe(2);
}

test.describe('on screen', () => {
  test('each wrong folder is told in its slot, and the next one opens', async ({ page }) => {
    const app = new AppPage(page);
    await app.start();
    for (const { title, error, names } of BAD_FOLDERS) {
      await test.step(title, async () => {
        await app.choose('Base', join(folder.path, title));
        const alert = app.slot('Base').getByRole('alert');
        await expect(alert).toContainText(error);
        for (const name of names) await expect(alert).toContainText(name);
        await expect(alert.locator('.remedy')).not.toBeEmpty();
      });
    }
    expect(await page.evaluate(() => 'polluted' in {})).toBe(false);
    await app.open('Base', goldenFolder('untied-gqa2-f16'));
    await app.try('Base');
    await app.attach(goldenImage('square'));
    await app.ask(QUESTION);
    expect(await app.answers()).toEqual([goldenText(goldenCase('untied-gqa2-f16', 'square').greedy)]);
  });

  test('a wrong question is told where the answer would be, and the next one is answered', async ({
    page,
  }) => {
    const app = new AppPage(page);
    await app.start();
    await app.open('Base', goldenFolder('untied-gqa2-f16'));
    await app.try('Base');
    const alert = app.answer.getByRole('alert');

    await app.ask('');
    await expect(alert).toContainText('EmptyPrompt');

    await app.attach(join(folder.path, 'notes.png'));
    await app.ask(QUESTION);
    await expect(alert).toContainText('NotAnImage');
    await expect(alert).toContainText('notes.png');
    await expect(alert).toContainText('Choose a PNG, JPEG or WebP file.');
    await app.tryIt.getByRole('button', { name: 'Remove notes.png' }).click();

    await app.attach(goldenImage('square'));
    await app.ask('Reserved: <|image_pad|>');
    await expect(alert).toContainText('ReservedToken');

    await app.ask(QUESTION);
    expect(await app.answers()).toEqual([goldenText(goldenCase('untied-gqa2-f16', 'square').greedy)]);
  });

  test('a prompt longer than the context is told with both numbers', async ({ page }) => {
    const app = new AppPage(page);
    await app.start();
    await app.open('Base', join(folder.path, 'short context'));
    await app.try('Base');
    await app.ask('What is two plus three? Think step by step.');
    const alert = app.answer.getByRole('alert');
    await expect(alert).toContainText('PromptTooLong');
    await expect(alert).toContainText('35 tokens');
    await expect(alert).toContainText('32');
    await app.ask('Hi');
    expect(await app.answers()).toHaveLength(1);
    await expect(alert).toBeHidden();
  });

  test('what does not fit, or not this adapter, is told before it is loaded', async ({ page }) => {
    const app = new AppPage(page);
    await app.start();
    await app.choose('Base', sevenBillion(folder.path).folder);
    await app.setLoading('WASM', 'f32');
    const slot = app.slot('Base');
    await expect(slot.getByRole('alert')).toContainText(
      /GiB are needed, .* may be used: use WebGPU, or choose/,
    );
    await expect(slot.getByRole('button', { name: 'Load Base' })).toBeHidden();

    await app.choose('IN', goldenFolder('untied-gqa2-f16'));
    await app.setLoading('WebGPU', 'f16');
    await expect(app.slot('IN').getByRole('alert')).toContainText('shader-f16');
    await expect(app.slot('IN').getByRole('button', { name: 'Load IN' })).toBeHidden();
    await app.setLoading('WASM', 'f32');
    await app.load('IN');
  });
});

test.describe('headless: exit code 2 and one line', () => {
  const [FIRST, ...OTHERS] = BAD_FOLDERS;
  test(FIRST?.title ?? '', async () => {
    const { title = '', error = '', names } = FIRST ?? {};
    expectRefusal(await headless(['info', '--model', join(folder.path, title)]), error, names);
  });

  // As the first one through a command of its own, which prints what a worker answers: a browser for each takes a minute of all.
  test('every other folder, in one browser', async () => {
    const worker = new HeadlessWorker({});
    try {
      for (const { title, error, names } of OTHERS)
        await test.step(title, async () => {
          const out = join(folder.path, `${title}.json`);
          const ended = await worker.run(['info', '--model', join(folder.path, title), '--out', out]);
          const stdout = existsSync(out) ? readFileSync(out, 'utf8') : '';
          expectRefusal({ code: ended.exit, stdout, stderr: `${ended.error}\n` }, error, names);
          expect(ended.progress.filter((line) => line !== UNSANDBOXED)).toEqual([]);
        });
    } finally {
      worker.process.stdin.end();
      expect(await worker.code).toBe(0);
    }
  });

  const good = goldenFolder('untied-gqa2-f16');
  const ask = (model: string, prompt: string, ...more: string[]) =>
    headless(['generate', '--quiet', '--model', model, '--prompt', prompt, ...WASM, ...more]);

  test('an image that is not one', async () => {
    const image = join(folder.path, 'notes.png');
    expectRefusal(await ask(good, QUESTION, '--image', image), 'NotAnImage', ['notes.png', 'WebP']);
  });

  test('an empty prompt', async () => {
    expectRefusal(await ask(good, ' '), 'EmptyPrompt', ['; --prompt; ']);
  });

  test('a prompt longer than the context', async () => {
    const prompt = 'What is two plus three? Think step by step.';
    expectRefusal(await ask(join(folder.path, 'short context'), prompt), 'PromptTooLong', ['35', '32']);
  });

  test('a layer the model has not', async () => {
    const words = ['logits', '--quiet', '--model', good, '--prompt', 'Hi', '--ablate', '3', ...WASM];
    expectRefusal(await headless(words), 'UnknownLayer', ['layer 3', '0 to 2', '; --ablate; ']);
  });

  test('a device there is not', async () => {
    const words = ['generate', '--model', good, '--prompt', 'Hi', '--device', 'tpu'];
    expectRefusal(await headless(words), 'BadValue', ['--device', 'webgpu, wasm']);
  });

  test('half precision on an adapter without it', async () => {
    const words = ['generate', '--quiet', '--model', good, '--prompt', 'Hi', '--adapter', 'software'];
    expectRefusal(await headless([...words, '--device', 'webgpu', '--dtype', 'f16']), 'NoHalfPrecision', [
      'shader-f16',
    ]);
  });

  test('a model that does not fit', async () => {
    const model = readdirSync(folder.path).includes('Qwen2.5-VL-7B-sparse')
      ? join(folder.path, 'Qwen2.5-VL-7B-sparse')
      : sevenBillion(folder.path).folder;
    expectRefusal(await ask(model, 'Hi'), 'DoesNotFit', ['GiB', 'choose q8 or q4']);
  });
});
