import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentPolicy, headersFile } from './headers.mjs';
import { byteRange, locate, serve } from './static-server.mjs';

let folder = '';
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'secret'), 'outside');
  writeFileSync(join(folder, 'app', 'index.html'), '<p>');
  writeFileSync(join(folder, 'app', 'a.wasm'), '0123456789');
  writeFileSync(join(folder, 'app', 'empty.json'), '');
  server = await serve(join(folder, 'app'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('the static server', () => {
  test('isolates the page and keeps it from talking to anybody else', async () => {
    const { headers } = await fetch(server.url);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
  });

  test('sends WASM as what it is, so that it compiles while it streams', async () => {
    const response = await fetch(`${server.url}a.wasm?v=1`);
    expect(response.headers.get('content-type')).toBe('application/wasm');
    expect(await response.text()).toBe('0123456789');
  });

  test('answers a range with those bytes alone', async () => {
    const response = await fetch(`${server.url}a.wasm`, { headers: { Range: 'bytes=2-4' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 2-4/10');
    expect(await response.text()).toBe('234');
    const beyond = await fetch(`${server.url}a.wasm`, { headers: { Range: 'bytes=10-' } });
    expect(beyond.status).toBe(416);
  });

  test('serves an empty file, and nothing that is not there', async () => {
    expect(await (await fetch(`${server.url}empty.json`)).text()).toBe('');
    expect((await fetch(`${server.url}absent`)).status).toBe(404);
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
  });

  test('says which port it could not have', async () => {
    const port = Number(new URL(server.url).port);
    await expect(serve(folder, { port })).rejects.toMatchObject({ name: 'PortInUse' });
  });
});

test.each(['/../secret', '/%2e%2e/secret', '/..%2fsecret', '/%00', '/%'])(
  'the path %s does not leave the folder',
  (path) => {
    expect(locate(join(folder, 'app'), path)).toBeUndefined();
  },
);

test.each([
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=5-', { start: 5, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-30', { start: 0, end: 9 }],
  ['bytes=8-99', { start: 8, end: 9 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=0-1,3-4', undefined],
  ['lines=0-1', undefined],
  [undefined, undefined],
])('the range %s of ten bytes', (header, expected) => {
  expect(byteRange(header, 10)).toEqual(expected);
});

test('hosts that read _headers get the same headers: one policy for each path', () => {
  const rules = new Map(
    headersFile()
      .trim()
      .split(/\n(?=\/)/)
      .map((rule) => [rule.split('\n', 1)[0] ?? '', rule]),
  );
  for (const path of [
    '/',
    '/index.html',
    '/headless',
    '/assets/*',
    '/service-worker.js',
    '/connected.html',
    '/server.html',
    '/embed.html',
  ])
    expect(rules.get(path)).toContain(`\n  Content-Security-Policy: ${contentPolicy(path)}`);
  // What applies everywhere would be joined with the page's own, and the stricter of two policies holds.
  expect(rules.get('/*')).not.toContain('Content-Security-Policy');
  expect(rules.get('/*')).toContain('Cross-Origin-Embedder-Policy: require-corp');
});

test('one page alone may be shown in a frame of others', async () => {
  const ancestors = async (path: string): Promise<string | undefined> => {
    const { headers } = await fetch(server.url + path);
    return /frame-ancestors ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1];
  };
  for (const page of ['embed.html?work=a', 'embed']) expect(await ancestors(page), page).toBe('*');
  for (const path of ['', 'index.html', 'server.html', 'not-embed.html', 'embed.html/a', 'x?/embed.html'])
    expect(await ancestors(path), path).toBe("'none'");
});

test('two pages alone may speak to other hosts', async () => {
  const connect = async (path: string): Promise<string | undefined> => {
    const { headers } = await fetch(server.url + path);
    return /connect-src ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1];
  };
  for (const page of ['connected.html?a=1', 'server.html', 'server'])
    expect(await connect(page), page).toBe("'self' https: http://localhost:* http://127.0.0.1:*");
  for (const path of [
    '',
    'index.html',
    'a.wasm',
    'not-connected.html',
    'server.js',
    'embed.html',
    'connected.html/a.wasm',
    'x?/connected.html',
  ])
    expect(await connect(path), path).toBe("'self'");
});
