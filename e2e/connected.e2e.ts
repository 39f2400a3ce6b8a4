import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import type { Download } from '@playwright/test';
import { strFromU8, unzipSync } from 'fflate';
import { fakeService, type FakeService, type SeenRequest } from '../src/remote/testing/fake-service.ts';
import { expect, test } from './page.ts';

const KEY = 'sk-key-of-the-user-0123456789';
let service: FakeService | null = null;
let other: Server | null = null;
test.afterEach(async () => {
  await service?.close();
  other?.close();
  service = other = null;
});

const RECORDS = [
  ['0', 'half', 'It is half.', true],
  ['1', 'one part of two', 'It is one part of two.', false],
  ['2', 'dozen', 'It is half a dozen.', true],
] as const;

/** The files of a saved archive, with their paths, as one text. */
async function savedText(download: Download): Promise<string> {
  const files = Object.entries(unzipSync(readFileSync(await download.path())));
  return files.map(([path, bytes]) => `${path}\n${strFromU8(bytes)}`).join('\n');
}

/** Records as the reference writes them. */
function resultFile(dataset = 'reasoning_math500'): string {
  return RECORDS.map(([id, predicted, response, correct]) =>
    JSON.stringify({
      ...{ id, input_type: 'question_only', question: `Question ${id}`, gold_answer: 'half', predicted },
      ...{ correct, full_response: response, model_type: 'm', model: 'IN' },
      ...{ dataset, setting: 'A_prompt_only' },
    }),
  ).join('\n');
}

test('a remote model: rate limits, refusals, a cancel, and going on from what is kept', async ({
  page,
  baseURL,
}) => {
  let slow = false;
  service = await fakeService((request: SeenRequest, before: number) => {
    if (before === 0) return { status: 429, headers: { 'retry-after': '0.1' } };
    if (before === 1) return { refuse: 'I cannot look at this.' };
    return slow ? 'hang' : `<think>Text ${request.images.length}.</think><answer>1</answer>`;
  });
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const to = request.url();
    if (![baseURL, service?.url].some((known) => to.startsWith(known ?? 'nowhere'))) elsewhere.push(to);
  });
  await page.goto('./connected.html');
  const remote = page.getByRole('region', { name: 'Ask a remote model' });
  await expect(remote.getByText('Name a model.')).toBeVisible();
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('向其他服务提问');
  await page.getByRole('button', { name: 'English' }).click();
  await remote.getByText('Anthropic messages', { exact: true }).click();
  await remote.getByRole('textbox', { name: 'Address' }).fill(`${service.url}/v1`);
  await remote.getByRole('textbox', { name: 'Model' }).fill('tiny-1');
  await remote.getByLabel('Your key').fill(KEY);
  const samples = remote.getByRole('spinbutton', { name: 'Samples of each set' });
  await samples.fill('3');
  await samples.blur();
  await expect(remote.getByText('6 answers', { exact: true })).toBeVisible();
  await remote.getByRole('button', { name: 'Send the questions' }).click();
  await expect(remote.getByText('6 answers, all of them kept; 1 of 6 refused.')).toBeVisible();
  // The limited one was sent again; half of the questions carry their picture.
  expect(service.seen).toHaveLength(7);
  expect(
    service.seen.every(({ path, headers }) => path === '/v1/messages' && headers['x-api-key'] === KEY),
  ).toBe(true);
  expect(new Set(service.seen.flatMap(({ images }) => images.map(({ mediaType }) => mediaType)))).toEqual(
    new Set(['image/png']),
  );
  expect(service.seen.some(({ images }) => images.length === 0)).toBe(true);
  await expect(remote.getByRole('table', { name: 'The same puzzles by image and by text' })).toBeVisible();

  // The results say who was asked, and not with which key.
  const download = page.waitForEvent('download');
  await remote.getByRole('button', { name: 'Save the results' }).click();
  const saved = await savedText(await download);
  expect(saved).toContain('"model": "tiny-1"');
  expect(saved).toContain('"stop":"refused"');
  expect(saved).not.toContain(KEY);

  // More questions of a service that has gone silent: cancelled, and nothing is lost.
  slow = true;
  await samples.fill('5');
  await samples.blur();
  await expect(remote.getByText('10 answers, 6 of them kept from earlier')).toBeVisible();
  await remote.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => service?.seen.length).toBe(11);
  await remote.getByRole('button', { name: 'Cancel' }).click();
  await expect(remote.getByText('10 answers, 6 of them kept from earlier')).toBeVisible();

  // After a reload address and model are there, the key is not; answers are found again.
  await page.reload();
  await expect(remote.getByRole('textbox', { name: 'Model' })).toHaveValue('tiny-1');
  await expect(remote.getByLabel('Your key')).toHaveValue('');
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(KEY);
  await samples.fill('3');
  await samples.blur();
  await expect(remote.getByText('6 answers, all of them kept').first()).toBeVisible();
  expect(elsewhere).toEqual([]);
});

test('a judge: a result file is graded again, and both verdicts are kept', async ({ page }) => {
  service = await fakeService(({ prompt }) =>
    prompt.includes('one part of two') || prompt.includes('It is half.') ? 'CORRECT' : 'INCORRECT',
  );
  await page.goto('./connected.html');
  const judge = page.getByRole('region', { name: 'Have results judged' });
  await judge.locator('input[data-role=files]').setInputFiles({
    name: 'A_prompt_only.jsonl',
    mimeType: 'application/jsonl',
    buffer: Buffer.from(resultFile()),
  });
  await expect(judge.getByText('3 records of A_prompt_only.jsonl')).toBeVisible();
  await judge.getByRole('textbox', { name: 'Address' }).fill(service.url);
  await judge.getByRole('textbox', { name: 'Model' }).fill('judge-1');
  await judge.getByLabel('Your key').fill(KEY);
  await judge.getByRole('button', { name: 'Ask the judge' }).click();
  await expect(judge.getByText('Judge and rules agree on 1 of 3 responses')).toBeVisible();
  expect(service.seen.every(({ headers }) => headers['authorization'] === `Bearer ${KEY}`)).toBe(true);
  await expect(
    judge.getByRole('table', { name: 'By the rules', exact: true }).getByText('66.7'),
  ).toBeVisible();
  const download = page.waitForEvent('download');
  await judge.getByRole('button', { name: 'Save the results' }).click();
  const saved = await savedText(await download);
  expect(saved).toContain('"correct":false,"correct_gpt":true,"correct_primary":true');
  expect(saved).not.toContain(KEY);
  // A second run asks nothing.
  const asked = service.seen.length;
  await judge.getByRole('button', { name: 'Ask the judge' }).click();
  await expect(judge.getByText('3 responses, 3 of them judged earlier')).toBeVisible();
  expect(service.seen).toHaveLength(asked);
});

test('a judge: sample ids may repeat from experiment to experiment', async ({ page }) => {
  service = await fakeService(({ prompt }) => (prompt.includes('one part of two') ? 'CORRECT' : 'INCORRECT'));
  await page.goto('./connected.html');
  const judge = page.getByRole('region', { name: 'Have results judged' });
  await judge.locator('input[data-role=files]').setInputFiles(
    ['reasoning_math500', 'pure_reasoning'].map((dataset) => ({
      name: `A_${dataset}.jsonl`,
      mimeType: 'application/jsonl',
      buffer: Buffer.from(resultFile(dataset)),
    })),
  );
  await judge.getByRole('textbox', { name: 'Address' }).fill(service.url);
  await judge.getByRole('textbox', { name: 'Model' }).fill('judge-1');
  await judge.getByRole('button', { name: 'Ask the judge' }).click();
  await expect(judge.getByText(/Judge and rules agree on \d of 6 responses/)).toBeVisible();
  await judge.getByText('Where they differ').click();
  await expect(judge.getByRole('listitem').filter({ hasText: 'Question 1' })).toHaveCount(2);
  const download = page.waitForEvent('download');
  await judge.getByRole('button', { name: 'Save the results' }).click();
  expect(await savedText(await download)).toContain('pure_reasoning');
});

test('a wrong key is told in place, without showing it', async ({ page }) => {
  service = await fakeService(() => ({
    status: 401,
    json: { error: { message: `Incorrect API key provided: ${KEY}` } },
  }));
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto('./connected.html');
  const remote = page.getByRole('region', { name: 'Ask a remote model' });
  await remote.getByRole('textbox', { name: 'Address' }).fill(service.url);
  await remote.getByRole('textbox', { name: 'Model' }).fill('tiny-1');
  await remote.getByLabel('Your key').fill(KEY);
  await remote.getByRole('button', { name: 'Send the questions' }).click();
  const alert = remote.getByRole('alert');
  await expect(alert).toContainText('Incorrect API key provided: [key]');
  expect(await page.locator('body').innerText()).not.toContain(KEY);
  expect(said.join('\n')).not.toContain(KEY);
});

test('a key is sent to the origin it was typed for, and to no other', async ({ page }) => {
  service = await fakeService(() => 'half');
  await page.goto('./connected.html');
  const remote = page.getByRole('region', { name: 'Ask a remote model' });
  const address = remote.getByRole('textbox', { name: 'Address' });
  await address.fill('https://user:secret-in-url@models.example.org/v1?api_key=secret-in-url&api-version=2');
  await remote.getByLabel('Your key').fill(KEY);
  await remote.getByRole('checkbox', { name: 'Keep the key in this browser' }).check();
  const stored = () => page.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(await stored()).toContain(KEY);
  expect(await stored()).toContain('api-version=2');
  expect(await stored()).not.toContain('secret-in-url');
  await address.fill(`${service.url}/v1`);
  await address.blur();
  await expect(remote.getByLabel('Your key')).toHaveValue('');
  await expect(
    remote.getByRole('status').filter({ hasText: 'The key was for https://models.example.org' }),
  ).toBeVisible();
  expect(await stored()).not.toContain(KEY);
  await remote.getByRole('textbox', { name: 'Model' }).fill('tiny-1');
  await remote.getByRole('button', { name: 'Send the questions' }).click();
  await expect.poll(() => service?.seen.length).toBeGreaterThan(0);
  expect(service.seen.some(({ headers }) => JSON.stringify(headers).includes(KEY))).toBe(false);
});

test('the page may speak to encrypted and local services, and to no others', async ({ page, violations }) => {
  await page.goto('./connected.html');
  other = createServer((_, response) => response.setHeader('Access-Control-Allow-Origin', '*').end('here'));
  await new Promise<void>((resolve) => other?.listen(0, '127.0.0.1', () => resolve()));
  const { port } = other.address() as AddressInfo;
  const reach = (url: string) =>
    page.evaluate(
      (to) =>
        fetch(to).then(
          () => 'reached',
          () => 'refused',
        ),
      url,
    );
  expect(await reach(`http://127.0.0.1:${port}/`)).toBe('reached');
  expect(await reach(`http://127.0.0.2:${port}/`)).toBe('refused');
  // The header's policy and the page's own each tell.
  await expect.poll(() => violations.map(({ directive }) => directive)).toContain('connect-src');
  expect(violations.every(({ blocked }) => blocked.startsWith('http://127.0.0.2'))).toBe(true);
  violations.length = 0;
});
