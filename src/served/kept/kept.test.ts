import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { WorkProgress } from '../../work/long-work.ts';
import type { ListedFolder } from '../listing.ts';
import { Server } from '../server.ts';
import { type Fault, fileServer, type FileServer, type SeenRequest } from '../testing/file-server.ts';
import { MemoryCopies } from '../testing/memory-copies.ts';
import { copyKey, listCopies, openCopy } from './copy.ts';
import { digestHere } from './digest-file.ts';
import { keepCopy } from './keep.ts';

const PATIENCE = { timeoutMs: 60_000, attempts: 2, firstWaitMs: 1, longestWaitMs: 500 };
const PIECE_BYTES = 65_536;
/** Two pieces and a bit. */
const WEIGHTS = new Uint8Array(2 * PIECE_BYTES + 5000).map((_, at) => (at * 31 + (at >> 12)) & 255);
const FILES = new Map([
  ['config.json', new TextEncoder().encode('{"a": 1}')],
  ['empty.txt', new Uint8Array(0)],
  ['model.safetensors', WEIGHTS],
]);
const SHA256 = createHash('sha256').update(WEIGHTS).digest('hex');

let server: FileServer | undefined;
afterEach(() => server?.close());

async function listed(
  misbehave?: (request: SeenRequest, before: number) => Fault,
  sha256 = SHA256,
): Promise<ListedFolder> {
  await server?.close();
  server = await fileServer(FILES, misbehave);
  const { url } = server;
  const files = [...FILES].map(([path, { length }]) => ({
    ...{ path, url: new URL(`${url}/files/${path}`), bytes: length },
    ...(path.endsWith('.safetensors') ? { sha256 } : {}),
  }));
  return { name: 'org/tiny', files, bytes: WEIGHTS.length + 8, commit: null };
}

const asking = (): Server => new Server(undefined, { patience: PATIENCE });
const work = { digest: digestHere, pieceBytes: PIECE_BYTES };
const rangesOf = (): (string | undefined)[] => (server?.seen ?? []).map(({ range }) => range);

async function expectWhole(copies: MemoryCopies, key: string): Promise<void> {
  const opened = await openCopy(copies, key);
  expect([...opened.keys()]).toEqual([...FILES.keys()]);
  for (const [path, bytes] of FILES)
    expect(new Uint8Array((await opened.get(path)?.arrayBuffer()) ?? new ArrayBuffer(1))).toEqual(
      new Uint8Array(bytes),
    );
}

describe('a kept copy', () => {
  it('is the files, byte for byte, and says what it is of', async () => {
    const copies = new MemoryCopies();
    const progress: WorkProgress[] = [];
    const key = await keepCopy(copies, await listed(), asking(), {
      ...work,
      onProgress: (told) => progress.push(told),
    });
    await expectWhole(copies, key);
    expect(await listCopies(copies)).toMatchObject([
      {
        key,
        bytes: WEIGHTS.length + 8,
        totalBytes: WEIGHTS.length + 8,
        whole: true,
        copy: { name: 'org/tiny' },
      },
    ]);
    for (const phase of ['fetching', 'checking'])
      expect(progress.filter((told) => told.phase === phase).at(-1)).toMatchObject(
        phase === 'fetching' ? { done: WEIGHTS.length + 8 } : { done: WEIGHTS.length },
      );
    await copies.remove(key);
    expect(await listCopies(copies)).toEqual([]);
  });

  it('goes on where it was cut off, and fetches nothing twice', async () => {
    const copies = new MemoryCopies();
    const last = `bytes=${2 * PIECE_BYTES}-${WEIGHTS.length - 1}`;
    const broken = await listed(({ range }) =>
      range === last ? { status: 503, headers: { 'retry-after': '0.3' } } : undefined,
    );
    await expect(keepCopy(copies, broken, asking(), work)).rejects.toMatchObject({
      name: 'ServerUnreachable',
    });
    const [cut] = await listCopies(copies);
    expect(cut).toMatchObject({ whole: false, bytes: 2 * PIECE_BYTES + 8 });
    await expect(openCopy(copies, cut?.key ?? '')).rejects.toMatchObject({ name: 'CopyDamaged' });
    // The address of the test's server is another each time; a copy goes on under the same one.
    const [[, half] = []] = copies.folders;
    const again = await listed();
    copies.folders.set(await copyKey(again), half ?? new Map());
    await expectWhole(copies, await keepCopy(copies, again, asking(), work));
    expect(rangesOf()).toEqual([last]);
  });

  it('has a piece that was damaged on disk fetched again', async () => {
    const copies = new MemoryCopies();
    const folder = await listed();
    const key = await keepCopy(copies, folder, asking(), work);
    const pieces = copies.folders.get(key);
    const [damagedName] = [...(pieces?.keys() ?? [])].filter((name) => name.startsWith('2-1-'));
    const bytes = Uint8Array.from(pieces?.get(damagedName ?? '') ?? []);
    bytes[77] = (bytes[77] ?? 0) ^ 1;
    pieces?.set(damagedName ?? '', bytes);
    const before = server?.seen.length ?? 0;
    await keepCopy(copies, folder, asking(), work);
    expect(rangesOf().slice(before)).toEqual([`bytes=${PIECE_BYTES}-${2 * PIECE_BYTES - 1}`]);
    await expectWhole(copies, key);
  });

  it('that is not what the listing says is refused, and its pieces are gone', async () => {
    const copies = new MemoryCopies();
    const folder = await listed(
      undefined,
      SHA256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    );
    await expect(keepCopy(copies, folder, asking(), work)).rejects.toMatchObject({
      name: 'CopyDamaged',
      place: { file: 'model.safetensors' },
    });
    expect(await listCopies(copies)).toMatchObject([{ whole: false, bytes: 8 }]);
  });

  it('that finds no room says so, and keeps what is there', async () => {
    const copies = new MemoryCopies();
    copies.room = PIECE_BYTES + 10_000;
    await expect(keepCopy(copies, await listed(), asking(), work)).rejects.toMatchObject({
      name: 'StorageFull',
    });
    const [cut] = await listCopies(copies);
    expect(cut?.whole).toBe(false);
    expect(cut?.bytes).toBeGreaterThan(8);
  });

  it('stops at once when it is cancelled', async () => {
    const folder = await listed(() => ({ slow: 20, slowBytes: 1000 }));
    const stop = new AbortController();
    const keeping = keepCopy(new MemoryCopies(), folder, asking(), { ...work, signal: stop.signal });
    setTimeout(() => stop.abort(), 150);
    await expect(keeping).rejects.toMatchObject({ name: 'Cancelled' });
    // Of two and a half seconds that the whole takes.
    expect(server?.sent).toBeLessThan(WEIGHTS.length);
  });

  it('whose description cannot be read is listed all the same, to be deleted', async () => {
    const copies = new MemoryCopies();
    const key = await keepCopy(copies, await listed(), asking(), work);
    copies.folders.get(key)?.set('copy.json', new TextEncoder().encode('{"version": 1'));
    expect(await listCopies(copies)).toMatchObject([{ key, whole: false, copy: { name: 'damaged copy' } }]);
    await expect(openCopy(copies, key)).rejects.toMatchObject({ name: 'CopyDamaged' });
  });
});
