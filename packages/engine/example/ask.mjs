/** `node ask.mjs FOLDER QUESTION [PICTURE ...]`: builds this page, asks it in a headless Chromium, and prints what it shows. */
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const [folder, question, ...pictures] = process.argv.slice(2);
if (folder === undefined || question === undefined)
  throw new Error('node ask.mjs FOLDER QUESTION [PICTURE ...], where FOLDER is a Qwen2.5-VL checkpoint');

await build({ logLevel: 'warn' });
const server = await preview({ preview: { port: 0 } });
const browser = await chromium.launch(
  // Chrome where it is installed, unless another is named.
  process.env.CHROME_PATH ? { executablePath: process.env.CHROME_PATH } : { channel: 'chrome' },
);
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.setInputFiles('[name=folder]', folder);
  await page.setInputFiles('[name=pictures]', pictures);
  await page.fill('[name=question]', question);
  await page.click('button');
  await page.waitForFunction(() => document.querySelector('pre')?.textContent !== '', null, { timeout: 0 });
  console.log(await page.textContent('pre'));
} finally {
  await browser.close();
  await server.close();
}
