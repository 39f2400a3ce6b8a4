import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ByteSource } from '../checkpoint/byte-source.ts';
import { fromSent, type SentSource, toSent } from '../checkpoint/formats/sent-source.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { receivedFolder, ServedFile, serveFolder } from '../checkpoint/served-file.ts';
import { qwenTensors, SHAPE_7B, sparseCheckpoint } from '../checkpoint/testing/qwen-layout.ts';
import { seededRandom } from '../work/seeded-random.ts';
import { placeOf } from './address.ts';
import { listPlace } from './list.ts';
import { runsOf } from './neighbours.ts';
import { Pages } from './pages.ts';
import { RangedFile } from './ranged-file.ts';
import { FolderReader, servedFolder } from './served-folder.ts';
import { AT_ONCE, Server } from './server.ts';
import { type Fault, fileServer, type FileServer, type SeenRequest } from './testing/file-server.ts';

const PATIENCE = { timeoutMs: 60_000, attempts: 3, firstWaitMs: 1, longestWaitMs: 500 };
const DATA = 'tools/goldens/data/checkpoints/';

const servers: FileServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function started(
  files: ReadonlyMap<string, Uint8Array>,
  misbehave?: (request: SeenRequest, before: number) => Fault,
): Promise<FileServer> {
  const server = await fileServer(files, misbehave);
  servers.push(server);
  return server;
}

function noise(bytes: number): Uint8Array {
  const next = seededRandom(bytes);
  return Uint8Array.from({ length: bytes }, () => Math.floor(next() * 256));
}

const ONE = noise(300_000);
const FILES = new Map([['w.safetensors', ONE]]);

/** A file of 300,000 bytes on a server that does `faults[n]` to the nth request, and the last to all that follow. */
async function oneFile(...faults: Fault[]) {
  // Silence is waited for where it comes.
  const patience = { ...PATIENCE, ...(faults.includes('hang') ? { timeoutMs: 1000 } : {}) };
  const server = await started(FILES, (_, before) => faults[Math.min(before, faults.length - 1)]);
  const url = new URL(`${server.url}/files/w.safetensors`);
  return {
    server,
    file: new RangedFile('w.safetensors', url, ONE.length, new Server(undefined, { patience })),
  };
}

function folderOnDisk(name: string): Map<string, Uint8Array> {
  return new Map(
    readdirSync(DATA + name).map((file) => [file, new Uint8Array(readFileSync(`${DATA}${name}/${file}`))]),
  );
}

const typed = (address: string, hub: string, revision = '') => placeOf({ address, hub, revision });

describe('a range', () => {
  it('is the bytes that lie there', async () => {
    const { file, server } = await oneFile(undefined);
    expect(await file.read(1000, 200_001)).toEqual(ONE.slice(1000, 200_001));
    expect(await file.read(299_999, 300_000)).toEqual(ONE.slice(299_999));
    expect(await file.read(5, 5)).toEqual(new Uint8Array(0));
    expect(server.seen.map(({ range }) => range)).toEqual(['bytes=1000-200000', 'bytes=299999-299999']);
  });

  it('goes on in the middle after each broken line', async () => {
    const { file, server } = await oneFile({ dropAfter: 70_000 }, { dropAfter: 50_000 }, undefined);
    expect(await file.read(1000, 250_000)).toEqual(ONE.slice(1000, 250_000));
    const starts = server.seen.map(({ range }) => Number(/\d+/.exec(range ?? '')?.[0]));
    expect(starts).toHaveLength(3);
    expect(starts[0]).toBe(1000);
    expect(starts[1]).toBeGreaterThan(1000);
    expect(starts[2]).toBeGreaterThan(starts[1] as number);
  });

  it('survives more breaks than attempts, as long as something comes', async () => {
    const breaks = Array.from({ length: 6 }, () => ({ dropAfter: 40_000 }));
    const { file, server } = await oneFile(...breaks, undefined);
    expect(await file.read(0, 300_000)).toEqual(ONE);
    expect(server.seen.length).toBeGreaterThan(PATIENCE.attempts);
  });

  it('comes over a slow link, and a cancel is heard at once', async () => {
    const { file, server } = await oneFile({ slow: 20, slowBytes: 10_000 });
    expect(await file.read(0, 100_000)).toEqual(ONE.slice(0, 100_000));
    const stop = new AbortController();
    const before = server.sent;
    const reading = file.read(0, 300_000, stop.signal);
    setTimeout(() => stop.abort(), 100);
    await expect(reading).rejects.toMatchObject({ name: 'Cancelled' });
    // The line was cut, not left to run.
    await expect.poll(() => server.atOnce).toBe(0);
    expect(server.sent - before).toBeLessThan(300_000);
  });

  it.each<[string, Fault[]]>([
    ['429 with Retry-After', [{ status: 429, headers: { 'retry-after': '0.05' } }, undefined]],
    ['503', [{ status: 503 }, { status: 503 }, undefined]],
    ['silence', ['hang', undefined]],
    ['a line cut before a byte', [{ dropAfter: 0 }, undefined]],
  ])('is asked for again after %s', async (_, faults) => {
    const { file, server } = await oneFile(...faults);
    expect(await file.read(10, 20)).toEqual(ONE.slice(10, 20));
    expect(server.seen).toHaveLength(faults.length);
  });

  it.each<[string, Fault]>([
    ['503', { status: 503 }],
    ['lines cut before a byte', { dropAfter: 0 }],
    ['a wait that is too long', { status: 429, headers: { 'retry-after': '3600' } }],
  ])('is given up after as many attempts as are granted: %s', async (_, fault) => {
    const { file, server } = await oneFile(fault);
    await expect(file.read(10, 20)).rejects.toMatchObject({
      name: 'ServerUnreachable',
      place: { file: 'w.safetensors' },
    });
    expect(server.seen).toHaveLength(fault && typeof fault === 'object' && 'headers' in fault ? 1 : 3);
  });

  it.each<[string, string, Fault, string]>([
    ['the whole file', 'RangeRefused', { whole: true }, 'HTTP 200'],
    ['another range', 'RangeRefused', { headers: { 'content-range': 'bytes 0-9/300000' } }, 'bytes 0-9'],
    ['a range without saying which', 'RangeRefused', { headers: { 'content-range': '' } }, '""'],
    ['more than the range', 'RangeRefused', { excess: 5 }, 'more bytes'],
    ['another length', 'FileChanged', { headers: { 'content-range': 'bytes 10-19/299999' } }, '299999'],
    ['416', 'FileChanged', { status: 416 }, '10 to 20'],
    ['401', 'AccessDenied', { status: 401 }, '401'],
    ['403', 'AccessDenied', { status: 403 }, '403'],
    ['404', 'NotOnServer', { status: 404 }, '404'],
    ['418', 'RemoteRejected', { status: 418 }, '418'],
  ])('is refused, and asked for once, where %s comes: %s', async (_, name, fault, what) => {
    const { file, server } = await oneFile(fault);
    const failure = await file.read(10, 20).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name, place: { file: 'w.safetensors' } });
    expect((failure as { what: string }).what).toContain(what);
    expect((failure as { remedy: string }).remedy).not.toBe('');
    expect(server.seen).toHaveLength(1);
  });

  it('is refused by the headers alone where the whole file would come', async () => {
    const large = new Map([['w.safetensors', new Uint8Array(64 * 2 ** 20)]]);
    const server = await started(large, () => ({ whole: true, slow: 5, slowBytes: 65_536 }) as Fault);
    const url = new URL(`${server.url}/files/w.safetensors`);
    const file = new RangedFile(
      'w.safetensors',
      url,
      64 * 2 ** 20,
      new Server(undefined, { patience: PATIENCE }),
    );
    await expect(file.read(0, 100)).rejects.toMatchObject({ name: 'RangeRefused' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.sent).toBeLessThan(2 ** 20);
  });

  it('of a whole file may come from a server that knows no ranges', async () => {
    const { file } = await oneFile({ whole: true });
    expect(await file.read(0, ONE.length)).toEqual(ONE);
  });

  it('is of the version that was first seen', async () => {
    const { file } = await oneFile(undefined, { headers: { etag: '"another"' } });
    await file.read(0, 10);
    await expect(file.read(10, 20)).rejects.toMatchObject({
      name: 'FileChanged',
      what: expect.stringContaining('"another"'),
    });
    const dated = await oneFile(
      { headers: { 'last-modified': 'Sat, 28 Nov 2026 10:00:00 GMT' } },
      { headers: { 'last-modified': 'Sun, 29 Nov 2026 10:00:00 GMT' } },
    );
    await dated.file.read(0, 10);
    await expect(dated.file.read(10, 20)).rejects.toMatchObject({ name: 'FileChanged' });
  });

  it('does not go on with another version after a break', async () => {
    const { file } = await oneFile({ dropAfter: 1000 }, { headers: { etag: '"another"' } });
    await expect(file.read(0, 20_000)).rejects.toMatchObject({ name: 'FileChanged' });
  });
});

describe('redirects', () => {
  it('lead to a store that is asked directly from then on, without the token', async () => {
    const store = await started(FILES, (_, before) => (before === 2 ? { status: 403 } : undefined));
    const hub = await started(FILES, () => ({ redirect: `${store.url}/files/w.safetensors` }));
    const url = new URL(`${hub.url}/files/w.safetensors`);
    const server = new Server({ origin: url.origin, value: 'hf_secret' }, { patience: PATIENCE });
    const file = new RangedFile('w.safetensors', url, ONE.length, server);
    for (const start of [0, 100, 200, 300])
      expect(await file.read(start, start + 50)).toEqual(ONE.slice(start, start + 50));
    // Once at first, and once more when the store's ticket had run out.
    expect(hub.seen.map(({ authorization }) => authorization)).toEqual([
      'Bearer hf_secret',
      'Bearer hf_secret',
    ]);
    expect(store.seen).toHaveLength(5);
    expect(store.seen.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it('do not carry a token to a server that it was not given for', async () => {
    const { file, server } = await oneFile(undefined);
    const other = new Server(
      { origin: 'https://hub.example.org', value: 'hf_secret' },
      { patience: PATIENCE },
    );
    await new RangedFile('w', file.url, ONE.length, other).read(0, 5);
    expect(server.seen[0]?.authorization).toBeUndefined();
  });
});

describe('a repository', () => {
  const files = folderOnDisk('qwen2-untied-bf16-old');
  files.set('.gitattributes', noise(10));

  it('is listed page by page, of the commit that its revision is now', async () => {
    const server = await started(files);
    const listed = await listPlace(
      typed('org/tiny@v1', server.url),
      new Server(undefined, { patience: PATIENCE }),
    );
    expect(listed).toHaveLength(1);
    const [folder] = listed;
    expect(folder).toMatchObject({ name: 'org/tiny', commit: expect.stringMatching(/^c0ffee/) });
    const expected = [...files].filter(([name]) => !name.startsWith('.'));
    expect(new Map(folder?.files.map(({ path, bytes }) => [path, bytes]))).toEqual(
      new Map(expected.map(([name, { length }]) => [name, length])),
    );
    expect(folder?.bytes).toBe(expected.reduce((sum, [, { length }]) => sum + length, 0));
    expect(folder?.files.every(({ url }) => url.pathname.startsWith('/org/tiny/resolve/c0ffee'))).toBe(true);
    expect(folder?.files.filter(({ sha256 }) => sha256 !== undefined)).toHaveLength(2);
    expect(server.seen.filter(({ path }) => path.includes('/tree/'))).toHaveLength(Math.ceil(files.size / 2));
    // Nothing was read.
    expect(server.sent).toBe(0);
  });

  it.each<[string, string, (request: SeenRequest) => Fault]>([
    ['is gated', 'AccessDenied', () => ({ status: 401 })],
    ['does not exist', 'NotOnServer', () => ({ status: 404 })],
    [
      'leads to another host',
      'BadListing',
      ({ path }) =>
        path.includes('/tree/')
          ? { headers: { link: '<https://elsewhere.example/x>; rel="next"' }, status: 200 }
          : undefined,
    ],
  ])('that %s is refused: %s', async (_, name, misbehave) => {
    const server = await started(files, misbehave);
    await expect(
      listPlace(typed('org/tiny', server.url), new Server(undefined, { patience: PATIENCE })),
    ).rejects.toMatchObject({ name });
  });

  it('opens with the fingerprint that it has on disk, with few requests, and never too many at once', async () => {
    const server = await started(files);
    const asked = new Server(undefined, { patience: PATIENCE });
    const [folder] = await listPlace(typed('org/tiny', server.url), asked);
    const before = server.seen.length;
    const opened = await openCheckpoint(servedFolder(folder?.files ?? [], asked));
    const onDisk = await openCheckpoint(
      new Map([...files].map(([name, bytes]) => [name, new File([bytes as Uint8Array<ArrayBuffer>], name)])),
    );
    expect(opened.fingerprint).toBe(onDisk.fingerprint);
    expect(opened.bytes).toBe(onDisk.bytes);
    // Two shards of 76 tensors in all, an index and a config: pages of each once, and each shard's spots in one run.
    expect(server.seen.length - before).toBeLessThanOrEqual(6);
    expect(server.mostAtOnce).toBeLessThanOrEqual(AT_ONCE);
  });
});

describe('a plain folder', () => {
  const sharded = folderOnDisk('qwen2-untied-bf16-old');
  const single = folderOnDisk('untied-gqa2-f16');

  it.each([
    ['a folder', '', sharded],
    ['a folder with one weight file', '', single],
    ['its index', 'model.safetensors.index.json', sharded],
    ['its config', 'config.json', sharded],
    ['its weights', 'model.safetensors', single],
  ])('is found by the address of %s', async (_, file, files) => {
    const server = await started(files);
    const [folder] = await listPlace(
      typed(`${server.url}/files/${file}`, ''),
      new Server(undefined, { patience: PATIENCE }),
    );
    const found = new Map(folder?.files.map(({ path, bytes }) => [path, bytes]));
    expect(found).toEqual(new Map([...files].map(([name, { length }]) => [name, length])));
    expect(folder).toMatchObject({ name: 'files', commit: null });
    // The first bytes of each file at most.
    expect(server.sent).toBeLessThan(64 * 1024 * files.size);
  });

  it('whose host gives a page for what is not there has only what is there', async () => {
    const files = new Map([...single].filter(([name]) => name !== 'vocab.json'));
    const server = await started(new Map([...files, ['vocab.json', noise(20)]]), ({ path }) =>
      path.endsWith('vocab.json') ? { headers: { 'content-type': 'text/html' } } : undefined,
    );
    const [folder] = await listPlace(
      typed(`${server.url}/files`, ''),
      new Server(undefined, { patience: PATIENCE }),
    );
    expect(new Set(folder?.files.map(({ path }) => path))).toEqual(new Set(files.keys()));
  });

  it('without weights is refused, and so is one with a shard missing', async () => {
    const server = await started(new Map([['config.json', noise(5)]]));
    const asked = new Server(undefined, { patience: PATIENCE });
    await expect(listPlace(typed(`${server.url}/files/`, ''), asked)).rejects.toMatchObject({
      name: 'NotOnServer',
    });
    const lacking = await started(new Map([...sharded].filter(([name]) => !name.includes('00002-of'))));
    await expect(listPlace(typed(`${lacking.url}/files/`, ''), asked)).rejects.toMatchObject({
      name: 'NotOnServer',
      place: { file: 'model-00002-of-00002.safetensors' },
    });
  });
});

describe('an address', () => {
  it.each([
    ['org/name', { kind: 'repository', id: 'org/name', revision: 'main' }],
    ['org/name@refs/pr/1', { kind: 'repository', id: 'org/name', revision: 'refs/pr/1' }],
    ['https://huggingface.co/org/name', { kind: 'repository', id: 'org/name', revision: 'main' }],
    ['https://huggingface.co/org/name/tree/v2', { kind: 'repository', id: 'org/name', revision: 'v2' }],
    ['https://a.example/m/', { kind: 'folder', base: new URL('https://a.example/m/'), search: '' }],
    ['https://a.example/m', { kind: 'folder', base: new URL('https://a.example/m/'), search: '' }],
    [
      'https://a.example/m/config.json?ticket=1',
      { kind: 'folder', base: new URL('https://a.example/m/'), file: 'config.json', search: '?ticket=1' },
    ],
    [
      'http://localhost:8000/m.gguf',
      { kind: 'folder', base: new URL('http://localhost:8000/'), file: 'm.gguf' },
    ],
  ])('%s', (address, place) => {
    expect(typed(address, '')).toMatchObject(place);
  });

  it.each(['http://a.example/m', 'ftp://a.example', 'name', 'https://user:pass@a.example/m', '../x'])(
    'that no page may read is refused: %s',
    (address) => {
      expect(() => typed(address, '')).toThrow(expect.objectContaining({ name: 'BadAddress' }));
    },
  );
});

describe('what is read together', () => {
  it('are neighbours, each whole, and no more lies between them than is allowed', () => {
    const next = seededRandom(1);
    const ranges = Array.from({ length: 400 }, () => {
      const start = Math.floor(next() * 2 ** 26);
      return [start, start + 1 + Math.floor(next() * 5000)] as const;
    });
    const runs = runsOf(ranges);
    expect(runs.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual(
      ranges.map((_, index) => index),
    );
    for (const { start, end, members } of runs) {
      for (const index of members) {
        const [from, to] = ranges[index] as readonly [number, number];
        expect(from >= start && to <= end).toBe(true);
      }
      expect(end - start).toBeLessThanOrEqual(4 * 2 ** 20);
    }
    expect(runs.length).toBeLessThan(ranges.length);
  });

  it('of a 7B: 6,737 spots, headers and config', async () => {
    const { files } = sparseCheckpoint(qwenTensors(SHAPE_7B), 5);
    const count = { runs: 0, bytes: 0, singles: 0 };
    const folder = crypto.randomUUID();
    const end = serveFolder(folder, {
      read: async (path, ranges) => {
        const runs = runsOf(ranges);
        if (ranges.length > 1) {
          count.runs += runs.length;
          count.bytes += runs.reduce((sum, run) => sum + run.end - run.start, 0);
        } else count.singles += 1;
        const source = files.get(path) as ByteSource;
        const parts = await Promise.all(ranges.map(([from, to]) => source.slice(from, to).arrayBuffer()));
        return new Uint8Array(await new Blob(parts).arrayBuffer());
      },
      stop: () => undefined,
    });
    const served = [...files].map(
      ([path, { size }]) => [path, new ServedFile({ folder, path, name: path, size })] as const,
    );
    const opened = await openCheckpoint(new Map(served));
    end();
    expect(opened.fingerprint).toBe((await openCheckpoint(files)).fingerprint);
    expect(opened.spots).toBe(6737);
    expect(count).toEqual({ runs: 5906, bytes: 31_782_667, singles: 11 });
  });
});

describe('pages', () => {
  it('are fetched once, whoever reads them, and again after a failure', async () => {
    const server = await started(FILES, (_, before) => (before === 0 ? { status: 404 } : undefined));
    const file = {
      path: 'w.safetensors',
      url: new URL(`${server.url}/files/w.safetensors`),
      bytes: ONE.length,
    };
    const reader = new FolderReader([file], new Server(undefined, { patience: PATIENCE }));
    await expect(reader.read('w.safetensors', [[0, 8]])).rejects.toMatchObject({ name: 'NotOnServer' });
    expect(await reader.read('w.safetensors', [[0, 8]])).toEqual(ONE.slice(0, 8));
    expect(await reader.read('w.safetensors', [[60_000, 70_000]])).toEqual(ONE.slice(60_000, 70_000));
    expect(await reader.read('w.safetensors', [[290_000, 300_000]])).toEqual(ONE.slice(290_000));
    expect(await reader.read('w.safetensors', [[290_000, 300_000]])).toEqual(ONE.slice(290_000));
    expect(server.seen.map(({ range }) => range)).toEqual([
      'bytes=0-262143',
      'bytes=0-262143',
      'bytes=262144-299999',
    ]);
  });

  it('are no more than are granted', () => {
    const pages = new Pages(3);
    for (let page = 0; page < 10; page += 1) pages.set('a', page, Promise.resolve(new Uint8Array(1)));
    expect(pages.count).toBe(3);
    expect(pages.get('a', 7)).toBeDefined();
    expect(pages.get('a', 6)).toBeUndefined();
  });
});

describe('a file on a server, in a thread', () => {
  it('is made again of its fields, and read by the page; errors keep name, place and remedy', async () => {
    const server = await started(FILES, ({ range }) =>
      range === 'bytes=200000-299999' ? { status: 404 } : undefined,
    );
    const file = {
      path: 'w.safetensors',
      url: new URL(`${server.url}/files/w.safetensors`),
      bytes: ONE.length,
    };
    const files = servedFolder([file], new Server(undefined, { patience: PATIENCE }));
    // Modules of its own, as a thread has them: it knows nothing of the folders that the page has opened.
    vi.resetModules();
    const thread = await import('../checkpoint/served-file.ts');
    const received = thread.receivedFolder(structuredClone(files));
    const source = received.get('w.safetensors') as InstanceType<typeof thread.ServedFile>;
    expect(source).toBeInstanceOf(thread.ServedFile);
    expect(new Uint8Array(await source.slice(100, 200_000).arrayBuffer())).toEqual(ONE.slice(100, 200_000));
    expect(
      await source.scattered([
        [7, 9],
        [100_000, 100_003],
        [0, 2],
      ]),
    ).toEqual(Uint8Array.from([...ONE.slice(7, 9), ...ONE.slice(100_000, 100_003), ...ONE.slice(0, 2)]));
    const failure = await source
      .slice(200_000, 300_000)
      .arrayBuffer()
      .then(
        () => null,
        (error: unknown) => error,
      );
    expect(failure).toMatchObject({ name: 'NotOnServer', place: { file: 'w.safetensors' } });
    expect((failure as { remedy: string }).remedy).not.toBe('');
    const sent = toSent(files.get('w.safetensors') as ByteSource, 0);
    const revived = fromSent(structuredClone(sent) as SentSource);
    expect(new Uint8Array(await revived.slice(100, 200).arrayBuffer())).toEqual(ONE.slice(100, 200));
    const plain = new Map([['a', new File(['x'], 'a')]]);
    expect(receivedFolder(plain)).toBe(plain);
  });

  it('stops all that is being fetched when told to', async () => {
    const server = await started(FILES, () => ({ slow: 50, slowBytes: 1000 }));
    const file = {
      path: 'w.safetensors',
      url: new URL(`${server.url}/files/w.safetensors`),
      bytes: ONE.length,
    };
    const reader = new FolderReader([file], new Server(undefined, { patience: PATIENCE }));
    const reading = reader.read('w.safetensors', [[0, 300_000]]);
    setTimeout(() => reader.stop(), 60);
    await expect(reading).rejects.toMatchObject({ name: 'Cancelled' });
    expect(server.sent).toBeLessThan(100_000);
  });

  it('fetches nothing for a thread that has not heard of the end yet', async () => {
    const server = await started(FILES);
    const file = {
      path: 'w.safetensors',
      url: new URL(`${server.url}/files/w.safetensors`),
      bytes: ONE.length,
    };
    const reader = new FolderReader([file], new Server(undefined, { patience: PATIENCE }));
    let end = (): void => undefined;
    reader.stop(new Promise<void>((resolve) => (end = resolve)));
    for (const range of [[0, 100] as const, [0, 300_000] as const])
      await expect(reader.read('w.safetensors', [range])).rejects.toMatchObject({ name: 'Cancelled' });
    expect(server.seen).toEqual([]);
    end();
    await Promise.resolve();
    expect(await reader.read('w.safetensors', [[0, 100]])).toEqual(ONE.slice(0, 100));
  });
});
