/** `node spectrum.mjs [CHROMIUM_FLAG ...]`: builds this page, opens it in a headless Chromium, and prints what it shows. */
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

await build({ logLevel: 'warn' });
const server = await preview({ preview: { port: 0 } });
const browser = await chromium.launch({
  args: ['--enable-unsafe-webgpu', ...process.argv.slice(2)],
  // Chrome where it is installed, unless another is named.
  ...(process.env.CHROME_PATH ? { executablePath: process.env.CHROME_PATH } : { channel: 'chrome' }),
});
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.waitForFunction(() => document.querySelector('pre')?.textContent !== '', null, { timeout: 0 });
  console.log(await page.textContent('pre'));
} finally {
  await browser.close();
  await server.close();
}
