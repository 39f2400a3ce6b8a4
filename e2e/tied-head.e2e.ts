/** A head of its own under a config that ties: command and page read it as transformers 5 does, and say so alike. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFromDisk } from '../src/engine/testing/goldens-from-disk.ts';
import { tiedHeadFolder } from '../src/engine/testing/tied-heads.ts';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { goldenCase } from './fixtures/goldens.ts';
import { headless } from './fixtures/headless.ts';
import { expect, test } from './page.ts';

const NOTICE = 'lm_head.weight and model.embed_tokens.weight are both stored and differ';
let folder: ReturnType<typeof temporaryFolder>;
let model: string;
test.beforeAll(async () => {
  folder = temporaryFolder();
  model = join(folder.path, 'own-head');
  mkdirSync(model);
  for (const [name, file] of await tiedHeadFolder(readFromDisk, 'reversed'))
    writeFileSync(join(model, name), new Uint8Array(await file.arrayBuffer()));
});
test.afterAll(() => folder.dispose());

async function json<T>(...words: string[]): Promise<T> {
  const { code, stdout } = await headless([...words, '--out', '-', '--quiet']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as T;
}

test('the command answers from the stored head, and says so', async () => {
  const { tiedHead, notices } = await json<{ tiedHead: boolean; notices: string[] }>(
    'info',
    '--model',
    model,
  );
  expect(tiedHead).toBe(false);
  expect(notices.join('\n')).toContain(NOTICE);
  const { promptTokenIds, logits } = await json<{ promptTokenIds: number[]; logits: number[] }>(
    ...['logits', '--model', model, '--prompt', 'What is two plus three? Think step by step.'],
    ...['--device', 'wasm', '--dtype', 'f32'],
  );
  expect(promptTokenIds).toEqual(goldenCase('tied-gqa1-bf16-old', 'text').inputIds);
  const golden = JSON.parse(Buffer.from(await readFromDisk('expected/tied-head.json')).toString()) as {
    current: string;
    versions: Record<string, Record<string, { next: number }>>;
  };
  expect(logits.indexOf(Math.max(...logits))).toBe(golden.versions[golden.current]?.['reversed']?.next);
});

test('the page says the same', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await app.choose('Base', model);
  const slot = app.slot('Base');
  await expect(slot.getByText(NOTICE)).toBeVisible();
  await slot.getByText(/^Shape and/).click();
  await expect(slot.getByText('its own')).toBeVisible();
});

test('a merge says untied, and so does its card', async () => {
  const out = join(folder.path, 'merged');
  const { code } = await headless(['merge', '--blocks', 'IN', '--in', model, '--out', out, '--quiet']);
  expect(code).toBe(0);
  const config = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')) as Record<string, unknown>;
  expect(config['tie_word_embeddings']).toBe(false);
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('tie_word_embeddings is false');
});
