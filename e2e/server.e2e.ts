import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  fileServer,
  type Fault,
  type FileServer,
  type SeenRequest,
} from '../src/served/testing/file-server.ts';
import { AppPage } from './app.ts';
import { goldenCase, goldenFolder, goldenImage, goldenText } from './fixtures/goldens.ts';
import { expect, test } from './page.ts';

const MODEL = 'untied-gqa4-f32';
const GOLDEN = goldenCase(MODEL, 'square');
const QUESTION = 'What is in the picture?';
const TOKEN = 'hf_token_of_the_user';

let server: FileServer | null = null;
test.afterEach(async () => {
  await server?.close();
  server = null;
});

async function served(misbehave?: (request: SeenRequest, before: number) => Fault): Promise<FileServer> {
  const folder = goldenFolder(MODEL);
  const files = readdirSync(folder).map(
    (name) => [name, new Uint8Array(readFileSync(join(folder, name)))] as const,
  );
  return (server = await fileServer(new Map(files), misbehave));
}

async function answered(app: AppPage): Promise<void> {
  await app.setLoading('WASM', 'f32');
  await app.load('Base');
  await app.try('Base');
  await app.attach(goldenImage('square'));
  await app.ask(QUESTION);
  expect(await app.answers()).toEqual([goldenText(GOLDEN.greedy)]);
}

test('a checkpoint on a hub is listed, opened and asked over a bad line, kept, and opened without the hub', async ({
  page,
  baseURL,
}) => {
  // Every ninth answer is a refusal for now, every seventh breaks off.
  const hub = await served((_, before) => {
    if (before % 9 === 4) return { status: 503 };
    return before % 7 === 5 ? { dropAfter: 20_000 } : undefined;
  });
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (![baseURL, hub.url, 'blob:'].some((known) => request.url().startsWith(known ?? 'nowhere')))
      elsewhere.push(request.url());
  });
  const app = new AppPage(page);
  await page.goto('./server.html');
  const form = page.getByRole('region', { name: 'Open from a server' });
  await form.getByText('Revision, hub, token').click();
  await form.getByRole('textbox', { name: 'Hub, or a mirror of it' }).fill(hub.url);
  await form.getByRole('textbox', { name: 'Repository or address' }).fill('org/tiny');
  await form.getByLabel('Your token').fill(TOKEN);
  await form.getByRole('button', { name: 'Look' }).click();
  await expect(form.getByRole('listitem')).toContainText('org/tiny');
  await expect(form.getByRole('listitem')).toContainText('files');
  // Nothing of any file was read for that.
  expect(hub.seen.filter(({ range }) => range !== undefined)).toEqual([]);

  await form.getByRole('button', { name: 'Open org/tiny from the server' }).click();
  await expect(app.slot('Base').getByRole('button', { name: 'Load Base' })).toBeVisible();
  await answered(app);
  expect(hub.seen.every(({ authorization }) => authorization === `Bearer ${TOKEN}`)).toBe(true);
  expect(
    hub.seen.filter(({ path }) => path.includes('/resolve/')).every(({ range }) => range !== undefined),
  ).toBe(true);

  await form.getByRole('button', { name: 'Keep a copy of org/tiny on this machine' }).click();
  const kept = page.getByRole('button', { name: 'Open the kept org/tiny' });
  await expect(kept).toBeVisible();
  await hub.close();
  const before = hub.seen.length;

  // On the page that may ask nobody, with the hub gone.
  await app.start();
  await kept.click();
  await expect(app.slot('Base').getByRole('button', { name: 'Load Base' })).toBeVisible();
  await answered(app);
  await page.getByRole('button', { name: 'Delete the kept org/tiny' }).click();
  await expect(kept).toBeHidden();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(kept).toBeHidden();
  expect(hub.seen).toHaveLength(before);
  expect(elsewhere).toEqual([]);
  const storage = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(storage).not.toContain(TOKEN);
});

test('what a server does wrong is named, and a cancel is heard', async ({ page }) => {
  let fault: Fault = { whole: true };
  const plain = await served(({ path }) => (path.endsWith('model.safetensors') ? fault : undefined));
  await page.goto('./server.html');
  const form = page.getByRole('region', { name: 'Open from a server' });
  const address = form.getByRole('textbox', { name: 'Repository or address' });
  const slot = page.getByRole('group', { name: 'Base checkpoint' });
  await address.fill('ftp://example.org');
  await form.getByRole('button', { name: 'Look' }).click();
  await expect(form.getByRole('alert')).toContainText('BadAddress');

  await test.step('a server that knows no ranges', async () => {
    await address.fill(`${plain.url}/files/`);
    await form.getByRole('button', { name: 'Look' }).click();
    await form.getByRole('button', { name: /^Open files/ }).click();
    await expect(slot.getByRole('alert')).toContainText('RangeRefused');
    await expect(slot.getByRole('alert')).toContainText('Access-Control-Expose-Headers');
    await slot.getByRole('button', { name: 'Close Base' }).click();
  });
  await test.step('a file that changes', async () => {
    fault = { headers: { etag: '"another"' } };
    await form.getByRole('button', { name: /^Open files/ }).click();
    await expect(slot.getByRole('alert')).toContainText('FileChanged');
    await slot.getByRole('button', { name: 'Close Base' }).click();
  });
  await test.step('a line on which next to nothing comes', async () => {
    fault = undefined;
    await form.getByRole('button', { name: /^Open files/ }).click();
    await page.getByRole('group', { name: 'Run on' }).getByText('WASM', { exact: true }).click();
    // Hours for all of it.
    fault = { slow: 1000, slowBytes: 100 };
    await slot.getByRole('button', { name: 'Load Base' }).click();
    await slot.getByRole('button', { name: /Cancel/ }).click();
    await expect(slot.getByRole('button', { name: 'Load Base' })).toBeVisible();
  });
  await test.step('nothing there', async () => {
    await address.fill(`${plain.url}/elsewhere/`);
    await form.getByRole('button', { name: 'Look' }).click();
    await expect(form.getByRole('alert')).toContainText('NotOnServer');
  });
});

test('the ordinary page cannot ask a server, and says where that is possible', async ({
  page,
  violations,
}) => {
  const hub = await served();
  await page.goto('./');
  await expect(page.getByRole('region', { name: 'Open from a server' })).toBeHidden();
  await expect(page.getByRole('link', { name: 'a page that may ask it' })).toHaveAttribute(
    'href',
    './server.html',
  );
  const failed = await page.evaluate(
    (url) =>
      fetch(url).then(
        () => false,
        () => true,
      ),
    `${hub.url}/files/config.json`,
  );
  expect(failed).toBe(true);
  await expect.poll(() => violations.length).toBeGreaterThan(0);
  // The policy of the header and that of the page may both report it.
  expect(new Set(violations.splice(0).map(({ directive }) => directive))).toEqual(new Set(['connect-src']));
  expect(hub.seen).toEqual([]);
});
