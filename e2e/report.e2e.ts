/** What a study leaves the page as: a report that needs nothing of the app, and a chart in a frame on another page. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../scripts/paths.mjs';
import type { StudyResult } from '../src/study/study-result.ts';
import { violations as accessViolations } from './axe.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { expect, test } from './page.ts';

const folder = temporaryFolder();
test.afterAll(() => folder.dispose());

/** The carried study, as its file says it. */
function carried(): StudyResult {
  const file = gunzipSync(readFileSync(join(ROOT, 'public/study/demo.frankenscope'))).toString();
  const [first = ''] = file.split('\n', 1);
  return JSON.parse(first.slice(first.indexOf('{'))) as StudyResult;
}

test('a report opens from a file, without network and scripts, and has every sentence and chart', async ({
  page,
  browser,
}) => {
  await page.goto('./#study');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save report' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('the-demo-family-report.html');
  const file = join(folder.path, 'report.html');
  await download.saveAs(file);

  const context = await browser.newContext({ javaScriptEnabled: false, offline: true });
  const asked: string[] = [];
  const report = await context.newPage();
  report.on('request', (request) => asked.push(request.url()));
  const said: string[] = [];
  report.on('console', (message) => said.push(message.text()));
  await report.goto(pathToFileURL(file).href);

  const study = carried();
  const main = report.getByRole('main');
  for (const { findings } of study.analyses)
    for (const sentence of findings)
      await expect(main.getByText(sentence, { exact: true }).first()).toBeVisible();
  const figures = main.getByRole('figure');
  expect(await figures.count()).toBeGreaterThan(study.analyses.length);
  for (const figure of await figures.all()) {
    await expect(figure.getByRole('heading')).not.toBeEmpty();
    await expect(figure.getByRole('img')).toBeVisible();
    // Words of the chart are drawn: in a face of their own, that the file carries.
    await expect(figure.locator('svg text', { hasText: /\w/ }).first()).toBeVisible();
    await expect(figure.getByText(/n = \d/).first()).toBeVisible();
  }
  await expect(report.getByRole('heading', { name: 'The demo family' })).toHaveCSS(
    'font-family',
    /Inter Variable/,
  );
  // Unfolding needs no script.
  await figures.first().getByText('Table', { exact: true }).click();
  await expect(figures.first().getByRole('cell').first()).toBeVisible();
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href]);
  expect(said).toEqual([]);
  await context.close();

  // Read by axe with scripts on: the page itself has none.
  await page.goto('about:blank');
  await page.setContent(readFileSync(file, 'utf8').replace(/<meta http-equiv[^>]*>/, ''));
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await accessViolations(page)).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, 'what is wide scrolls in itself').toBeLessThanOrEqual(width);
  }
});

test('a chart stands in a frame on another page, in its own theme, and nothing else of the app does', async ({
  page,
  baseURL,
}) => {
  const key = carried().analyses.find(({ name }) => name === 'swap')?.works[0]?.key ?? '';
  const address = new URL(`embed.html?work=${key}&chart=Change+rate+per+layer&theme=dark`, baseURL);
  const frame = (url: URL): string => `<iframe src="${url.href}" width="960" height="620"></iframe>`;
  const host = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      `<!doctype html><title>Elsewhere</title>${frame(address)}${frame(new URL('index.html', baseURL))}`,
    );
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  try {
    await page.goto(`http://localhost:${(host.address() as AddressInfo).port}/`);
    const shown = page.frameLocator('iframe').first();
    await expect(shown.getByRole('application', { name: 'Change rate per layer' })).toBeVisible();
    await expect(shown.getByText(/n = 25 pairs a point\.$/)).toBeVisible();
    await expect(shown.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(shown.getByRole('link', { name: 'Open in Frankenscope' })).toBeVisible();
    await expect(page.frameLocator('iframe').last().getByRole('banner')).toHaveCount(0);
    await page.goto(address.href);
    await expect(page.getByText(/n = 25 pairs a point\.$/)).toBeVisible();
    expect(await accessViolations(page)).toEqual([]);
  } finally {
    host.close();
    host.closeAllConnections();
  }
});
