import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from './browser.mjs';
import { ROOT } from './paths.mjs';

/**
 * `node scripts/draw-icons.mjs` draws `public/icons/*.png` from the mark, `public/icon.svg`. The maskable one has the mark within the
 * middle four fifths, which systems that cut icons into their own shapes leave whole, and its ground reaches the edges.
 */
const mark = readFileSync(join(ROOT, 'public', 'icon.svg'), 'utf8');
const ICONS = [
  { name: '192', size: 192, margin: 0, ground: 'transparent' },
  { name: '512', size: 512, margin: 0, ground: 'transparent' },
  { name: 'maskable-512', size: 512, margin: 51, ground: '#14161c' },
];

const executablePath = findBrowser();
const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
const page = await browser.newPage();
for (const { name, size, margin, ground } of ICONS) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>* { margin: 0 } html { background: ${ground} } svg { display: block; margin: ${margin}px; width: ${size - 2 * margin}px }</style>${mark}`,
  );
  await page.screenshot({ path: join(ROOT, 'public', 'icons', `${name}.png`), omitBackground: true });
}
await browser.close();
