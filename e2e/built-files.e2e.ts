import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DIST } from '../scripts/paths.mjs';
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
  for (const page of ['index.html', 'connected.html', 'headless.html', 'bench.html']) {
    const html = readFileSync(join(DIST, page), 'utf8');
    expect(html).toMatch(/http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;/);
    expect(html).not.toMatch(/<script>|<style|style=|\son\w+=/);
  }
});

test('one page alone may speak to other hosts', () => {
  const connect = (page: string): string | undefined =>
    /connect-src ([^;"]*)/.exec(readFileSync(join(DIST, page), 'utf8').replaceAll('&#39;', "'"))?.[1];
  for (const page of ['index.html', 'headless.html', 'bench.html']) expect(connect(page)).toBe("'self'");
  expect(connect('connected.html')).toBe("'self' https: http://localhost:* http://127.0.0.1:*");
});
