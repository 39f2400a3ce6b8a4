import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DIST, ROOT } from '../scripts/paths.mjs';
import { expect, test } from '@playwright/test';

const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((name) =>
  statSync(join(DIST, name)).isFile(),
);

test('no file is larger than the strictest static hosts take', () => {
  const limit = 25 * 2 ** 20;
  expect(files.filter((name) => statSync(join(DIST, name)).size > limit)).toEqual([]);
});

test('no code names a content delivery network', () => {
  const code = files.filter((name) => /\.(js|mjs|html|css)$/.test(name));
  expect(code.length).toBeGreaterThan(0);
  const networks = /jsdelivr|unpkg\.com|cdnjs|esm\.sh|googleapis/;
  expect(code.filter((name) => networks.test(readFileSync(join(DIST, name), 'utf8')))).toEqual([]);
});

test('each page carries the content policy for hosts that cannot send it', () => {
  for (const page of [
    'index.html',
    'server.html',
    'connected.html',
    'headless.html',
    'bench.html',
    'embed.html',
  ]) {
    const html = readFileSync(join(DIST, page), 'utf8');
    expect(html).toMatch(/http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;/);
    expect(html).not.toMatch(/<script>|<style|style=|\son\w+=/);
  }
});

test('two pages alone may speak to other hosts', () => {
  const connect = (page: string): string | undefined =>
    /connect-src ([^;"]*)/.exec(readFileSync(join(DIST, page), 'utf8').replaceAll('&#39;', "'"))?.[1];
  for (const page of ['index.html', 'headless.html', 'bench.html', 'embed.html'])
    expect(connect(page)).toBe("'self'");
  for (const page of ['connected.html', 'server.html'])
    expect(connect(page)).toBe("'self' https: http://localhost:* http://127.0.0.1:*");
});

test('the licence of every package that is imported lies beside the pages', () => {
  const text = readFileSync(join(DIST, 'licences.txt'), 'utf8');
  const sections = new Map(
    text.split(/^={80}\n(?=\S+ \S+ \([^)]+\)\n={80}$)/m).map((section) => {
      const [title = '', , ...lines] = section.split('\n');
      return [title.split(' ')[0] ?? '', lines.join('\n')];
    }),
  );
  const sources = ['src', 'workers'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|svelte)$/.test(name) && !/\.test\.ts$|testing/.test(name))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
  );
  const imported = new Set(
    sources.flatMap((source) =>
      [
        ...source.matchAll(
          /(?:^(?:import (?!type)|\} )[^;]*?from |import\()'(?!virtual:)((?:@[\w-]+\/)?[\w-]+)[^'.]*'/gm,
        ),
      ].map(([, name]) => name ?? ''),
    ),
  );
  expect([...imported].sort()).toEqual(expect.arrayContaining(['comlink', 'hyparquet', 'svelte', 'yaml']));
  // What others bring along, fonts, and what the build puts in.
  const brought = [
    'd3-array',
    'd3-delaunay',
    'fflate',
    'hysnappy',
    'fzstd',
    'onnxruntime-common',
    'assemblyscript',
  ];
  const fonts = ['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono'];
  for (const name of [
    ...imported,
    ...brought,
    ...fonts,
    '@huggingface/jinja',
    '@huggingface/tokenizers',
    'rolldown',
  ])
    expect(sections.get(name)?.length ?? 0, name).toBeGreaterThan(400);
  expect(sections.get('@fontsource-variable/inter')).toContain('SIL OPEN FONT LICENSE');
  expect(sections.get('onnxruntime-web')).toContain('Microsoft Corporation');
});

test('the app leads to it', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByRole('navigation').first()).toBeVisible();
  await page.keyboard.press('m');
  const answer = await page.request.get('licences.txt');
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toContain('text/plain');
  await expect(page.locator('a[href="licences.txt"]')).toHaveCount(1);
  await page.goto('./connected.html');
  await expect(page.getByRole('link', { name: 'Licences' })).toHaveAttribute('href', 'licences.txt');
});
