import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sha256OfText } from '../work/sha256.ts';
import { AppCache } from './app-cache.ts';

const scope = `${location.origin}/a-folder/`;
/** What the host sends, by path; a path without a text is answered by nobody. */
const host = new Map<string, string>();
const asked: string[] = [];

beforeEach(() => {
  // What workers have, and pages have not.
  vi.stubGlobal('ExtendableEvent', Event);
  vi.stubGlobal('FetchEvent', class extends Event {});
  vi.stubGlobal('__WB_DISABLE_DEV_LOGS', true);
  vi.stubGlobal('fetch', (request: Request) => {
    const path = request.url.slice(scope.length);
    asked.push(path);
    const text = host.get(path);
    return text === undefined
      ? Promise.reject(new TypeError('no network'))
      : Promise.resolve(new Response(text, { headers: { 'Content-Type': 'text/x-kept' } }));
  });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  host.clear();
  asked.length = 0;
  await caches.delete('frankenscope-app');
});

/** The worker's cache of a build of these texts, which the host sends. */
async function built(texts: Readonly<Record<string, string>>): Promise<AppCache> {
  const files = await Promise.all(
    Object.entries(texts).map(async ([path, text]) => ({
      path,
      bytes: text.length,
      sha256: await sha256OfText(text),
    })),
  );
  for (const [path, text] of Object.entries(texts)) host.set(path, text);
  return new AppCache(files, scope);
}

interface Waiting {
  readonly event: FetchEvent;
  readonly settled: () => Promise<unknown>;
}

/** An event as the worker gets it, and when all that it waits for is done. */
function requested(path: string, init?: RequestInit): Waiting {
  const waits: Promise<unknown>[] = [];
  const request = new Request(scope + path, init);
  const waitUntil = (promise: Promise<unknown>) => waits.push(promise);
  return {
    event: Object.assign(new Event('fetch'), { request, waitUntil }) as unknown as FetchEvent,
    settled: async () => {
      for (const wait of waits) await wait.catch(() => undefined);
    },
  };
}

async function answered(app: AppCache, path: string): Promise<string | undefined> {
  const { event, settled } = requested(path);
  const response = await app.answer(event);
  const text = await response?.text();
  await settled();
  return text;
}

const keptOf = async (app: AppCache) =>
  (await app.files()).filter(({ kept }) => kept).map(({ path }) => path);

describe('answers', () => {
  test('a file named by its hash is asked for once', async () => {
    const app = await built({ 'assets/a-12345678.js': 'code' });
    expect(await answered(app, 'assets/a-12345678.js')).toBe('code');
    expect(await answered(app, 'assets/a-12345678.js')).toBe('code');
    expect(asked).toEqual(['assets/a-12345678.js']);
  });

  test('a page comes from the host while it answers, and is never that of another build', async () => {
    const app = await built({ 'index.html': 'this build' });
    await answered(app, 'index.html');
    host.set('index.html', 'a later build');
    expect(await answered(app, 'index.html')).toBe('a later build');
    host.clear();
    expect(await answered(app, '')).toBe('this build');
  });

  test('what is not of the build is shown and not kept: a network that wants a login', async () => {
    const app = await built({ 'assets/a-12345678.js': 'code', 'index.html': 'page' });
    host.set('assets/a-12345678.js', '<html>Log in</html>');
    expect(await answered(app, 'assets/a-12345678.js')).toBe('<html>Log in</html>');
    host.set('assets/a-12345678.js', 'code');
    expect(await answered(app, 'assets/a-12345678.js')).toBe('code');
    host.clear();
    expect(await answered(app, 'assets/a-12345678.js')).toBe('code');
  });

  test('a read that fails is tried again, without a network, too', async () => {
    const app = await built({ 'index.html': 'page', 'assets/a-12345678.js': 'code' });
    for (const path of ['index.html', 'assets/a-12345678.js']) await app.keep(requested('').event, path);
    host.clear();
    const failing = vi.spyOn(caches, 'match').mockRejectedValue(new DOMException('', 'UnknownError'));
    try {
      expect([await answered(app, ''), await answered(app, 'assets/a-12345678.js')]).toEqual([
        'page',
        'code',
      ]);
      expect(failing).toHaveBeenCalledTimes(2);
    } finally {
      failing.mockRestore();
    }
  });

  test('every answer isolates and says what it is of', async () => {
    const app = await built({ 'index.html': 'page' });
    for (let visit = 0; visit < 2; visit++) {
      const { event, settled } = requested('index.html');
      const { headers } = (await app.answer(event)) as Response;
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'text/x-kept',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
      });
      await settled();
      host.clear();
    }
  });

  test('parts of files, what is sent, and files of nobody are not its own', async () => {
    const app = await built({ 'data/items.zip': 'zip' });
    const of = (path: string, init?: RequestInit) => app.answer(requested(path, init).event);
    expect(of('data/items.zip', { headers: { Range: 'bytes=0-1' } })).toBeNull();
    expect(of('data/items.zip', { method: 'POST' })).toBeNull();
    expect(of('demo/index.json')).toBeNull();
    expect(await answered(app, 'data/items.zip')).toBe('zip');
  });
});

describe('keeping', () => {
  test('says whether a file is kept now', async () => {
    const app = await built({ 'index.html': 'page', 'data/items.zip': 'zip' });
    host.delete('data/items.zip');
    expect(await app.keep(requested('').event, 'index.html')).toBe(true);
    expect(await app.keep(requested('').event, 'data/items.zip')).toBe(false);
    expect(await app.keep(requested('').event, 'not/listed')).toBe(false);
    expect(await keptOf(app)).toEqual(['index.html']);
    host.clear();
    expect(await app.keep(requested('').event, 'index.html')).toBe(true);
  });

  test('a later build keeps the app and what was kept beside it, and then only its own', async () => {
    const before = await built({
      'index.html': 'page 1',
      'data/items.zip': 'zip 1',
      'assets/ort-1-12345678.wasm': 'runtime',
    });
    for (const path of ['index.html', 'data/items.zip']) await before.keep(requested('').event, path);
    const cache = await caches.open('frankenscope-app');
    const elsewhere = `${location.origin}/another-folder/index.html?sha256=1`;
    await cache.put(elsewhere, new Response('another copy of the app'));

    const after = await built({
      'index.html': 'page 2',
      'data/items.zip': 'zip 2',
      'assets/ort-1-12345678.wasm': 'runtime',
    });
    await after.succeed(requested('').event);
    expect(await keptOf(after)).toEqual(['index.html', 'data/items.zip']);
    expect(await keptOf(before)).toEqual(['index.html', 'data/items.zip']);
    await after.removeOthers();
    expect(await keptOf(before)).toEqual([]);
    host.clear();
    expect([await answered(after, ''), await answered(after, 'data/items.zip')]).toEqual(['page 2', 'zip 2']);
    expect(await cache.match(elsewhere)).toBeDefined();
  });

  test('a build that cannot be kept does not take the place of the one before', async () => {
    const after = await built({ 'index.html': 'page 2', 'assets/a-12345678.js': 'code' });
    host.delete('assets/a-12345678.js');
    await expect(after.succeed(requested('').event)).rejects.toThrow('assets/a-12345678.js cannot be kept');
  });
});
