/** Whose folder it is: what an export goes on with, what it refuses, and that it removes nothing of others. */
import { beforeAll, describe, expect, it } from 'vitest';
import { MANIFEST_FILE } from '../../../scripts/result-folder.mjs';
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import type { NamedError } from '../../named-error.ts';
import type { ExportWork } from '../export.ts';
import { exportMerge } from '../export.ts';
import type { MergePlan } from '../plan/plan.ts';
import { planMerge } from '../plan/plan.ts';
import { parseBlocks } from '../recipe/blocks.ts';
import { DirectorySink } from '../sinks/directory-sink.ts';
import { goldenDonors } from '../testing/donors.ts';
import type { OpenDonors } from '../testing/donors.ts';
import { Faults } from '../testing/faults.ts';
import type { StoredFiles } from '../testing/memory-directory.ts';
import { MemoryDirectory } from '../testing/memory-directory.ts';
import { readManifest, writeManifest } from './manifest.ts';

const WORK = { shardBytes: 100_000 };
const FIRST = 'model-00001-of-00004.safetensors';

let open: OpenDonors;
beforeAll(async () => {
  open = await goldenDonors({ IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' });
});

const planOf = (blocks: string): MergePlan => planMerge(parseBlocks(blocks, ['IN', 'RL'], 3), open.donors);
type Folders = Map<string, StoredFiles>;

async function write(
  folders: Folders,
  faults: Faults,
  plan: MergePlan,
  work: ExportWork = WORK,
): Promise<string[]> {
  const notices: string[] = [];
  const sink = await DirectorySink.create(new MemoryDirectory(folders, faults).handle, 'm');
  const onNotice = (notice: string): void => void notices.push(notice);
  await exportMerge(plan, open.folders, sink, { onNotice, ...work });
  return notices;
}

interface Unfinished {
  readonly folders: Folders;
  readonly files: StoredFiles;
  readonly whole: StoredFiles;
}

/** A folder that a killed export left, some files of weights whole, and its undisturbed twin: a copy for each test. */
async function unfinished(): Promise<Unfinished> {
  const { files, whole } = await (left ??= leaveUnfinished());
  const folders: Folders = new Map([['m', snapshot(files)]]);
  return { folders, files: folders.get('m') as StoredFiles, whole: snapshot(whole) };
}

let left: Promise<Unfinished> | undefined;
async function leaveUnfinished(): Promise<Unfinished> {
  const [folders, twin]: Folders[] = [new Map(), new Map()];
  const counted = new Faults();
  await write(twin as Folders, counted, planOf('IN:RL:RL'));
  const faults = new Faults({ at: Math.floor(counted.calls / 4), kind: 'kill' });
  await write(folders as Folders, faults, planOf('IN:RL:RL')).catch(() => undefined);
  const files = (folders as Folders).get('m') as StoredFiles;
  expect(files.get(FIRST)?.length).toBeGreaterThan(0);
  expect(files.has('config.json')).toBe(false);
  return { folders: folders as Folders, files, whole: (twin as Folders).get('m') as StoredFiles };
}

const dating = (source: ByteSource, lastModified: number): ByteSource & { lastModified: number } => ({
  ...{ name: source.name, size: source.size, lastModified },
  slice: (start, end) => source.slice(start, end),
});
const text = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words);
const snapshot = (files: StoredFiles): StoredFiles =>
  new Map([...files].map(([name, bytes]) => [name, bytes.slice()]));

describe('a folder with an unfinished export', () => {
  it('is written anew where a donor has another date: weights may have changed where no spot looks', async () => {
    const { folders } = await unfinished();
    const notices: string[] = [];
    const dated = (lastModified: number) =>
      new Map(
        [...open.folders].map(([donor, files]) => [
          donor,
          new Map(
            [...files].map(([name, source]) => [
              name,
              donor === 'RL' && name.endsWith('.safetensors') ? dating(source, lastModified) : source,
            ]),
          ),
        ]),
      );
    const run = async (lastModified: number, faults = new Faults()): Promise<void> => {
      const sink = await DirectorySink.create(new MemoryDirectory(folders, faults).handle, 'm');
      const onNotice = (notice: string): void => void notices.push(notice);
      await exportMerge(planOf('IN:RL:RL'), dated(lastModified), sink, { onNotice, ...WORK });
    };
    const counted = new Faults();
    const twin: Folders = new Map();
    await write(twin, counted, planOf('IN:RL:RL'));
    // Begun without dates; from here on of the first, and of the second.
    await run(1, new Faults({ at: Math.floor(counted.calls / 3), kind: 'kill' })).catch(() => undefined);
    expect(notices.splice(0)[0]).toContain('have another date');
    await run(1, new Faults({ at: Math.floor(counted.calls / 4), kind: 'kill' })).catch(() => undefined);
    expect(notices.splice(0)[0]).toMatch(/^going on: \d of 4/);
    await run(2);
    expect(notices).toEqual([expect.stringContaining('have another date')]);
    expect(folders.get('m')).toEqual(twin.get('m'));
  });

  it('of another recipe is refused with what it holds, and not touched', async () => {
    const { folders, files } = await unfinished();
    const before = snapshot(files);
    const work = write(folders, new Faults(), planOf('IN:IN:RL'));
    await expect(work).rejects.toMatchObject({
      name: 'FolderNotEmpty',
      what: expect.stringMatching(
        /^"home\/m" holds an unfinished merge of another recipe: IN:RL:RL of IN \(.+\), RL \(.+\), begun \d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
      ) as string,
      remedy: 'finish that one as it was begun, delete its folder, or choose another folder',
    });
    expect(files).toEqual(before);
  });

  it('of other sources says which: weights of a donor, names, a small file', async () => {
    const { folders } = await unfinished();
    const same = planOf('IN:RL:RL');
    const donors = same.donors.map((donor) =>
      donor.name === 'RL' ? { ...donor, fingerprint: 'other' } : donor,
    );
    await expect(write(folders, new Faults(), { ...same, donors })).rejects.toMatchObject({
      what: expect.stringContaining('other weights of RL') as string,
    });
    const moved = same.donors.map((donor) => ({ ...donor, checkpoint: `${donor.checkpoint}-2` }));
    await expect(write(folders, new Faults(), { ...same, donors: moved })).rejects.toMatchObject({
      what: expect.stringContaining('unfinished merge of checkpoints of other names: ') as string,
    });
    const changed = [{ name: 'config.json', text: '{}', changes: ['Another.'] }];
    await expect(write(folders, new Faults(), { ...same, changed })).rejects.toMatchObject({
      what: expect.stringContaining('other config, tokenizer or processor files') as string,
    });
  });

  it.each(['notes.txt', 'model-00004-of-00004.safetensors', 'notes.txt.crswap'])(
    'and a foreign file "%s" is refused by its name, and goes on once that is away',
    async (name) => {
      const { folders, files, whole } = await unfinished();
      files.set(name, text('mine'));
      const before = snapshot(files);
      await expect(write(folders, new Faults(), planOf('IN:RL:RL'))).rejects.toMatchObject({
        name: 'FolderNotEmpty',
        what: `"home/m" holds "${name}", which is not of the unfinished merge there`,
        remedy: 'move it to another place: then the merge goes on',
      });
      expect(files).toEqual(before);
      files.delete(name);
      await write(folders, new Faults(), planOf('IN:RL:RL'));
      expect(files).toEqual(whole);
    },
  );

  it.each(['.DS_Store', '._model.safetensors', 'Thumbs.db', 'desktop.ini'])(
    'and %s of the system goes on',
    async (name) => {
      const { folders, files, whole } = await unfinished();
      files.set(name, text('system'));
      await write(folders, new Faults(), planOf('IN:RL:RL'));
      expect(files).toEqual(new Map([...whole, [name, text('system')]]));
    },
  );

  it('takes nothing for whole that is not: a flipped bit, a cut, a missing file are written again, and told', async () => {
    for (const spoil of ['flip', 'cut', 'remove'] as const) {
      const { folders, files, whole } = await unfinished();
      const bytes = files.get(FIRST) as Uint8Array<ArrayBuffer>;
      if (spoil === 'flip') bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 4;
      if (spoil === 'cut') files.set(FIRST, bytes.slice(0, -1));
      if (spoil === 'remove') files.delete(FIRST);
      const notices = await write(folders, new Faults(), planOf('IN:RL:RL'));
      expect(notices).toContain(`${FIRST} is not as it was written earlier: it is written again`);
      expect([...files.keys()].sort()).toEqual([...whole.keys()].sort());
      for (const [name, wanted] of whole)
        expect(Buffer.compare(files.get(name) as Uint8Array, wanted)).toBe(0);
    }
  });

  it('whose manifest has any byte changed is refused, never gone on with', async () => {
    const { folders, files } = await unfinished();
    const manifest = files.get(MANIFEST_FILE) as Uint8Array<ArrayBuffer>;
    for (let at = 0; at < manifest.length; at += 1) {
      const flipped = new TextDecoder().decode(
        manifest.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte)),
      );
      // The newline at the end carries nothing.
      if (at < manifest.length - 1) expect(await readManifest(flipped), `byte ${at}`).toBeNull();
    }
    manifest[100] = (manifest[100] ?? 0) ^ 1;
    await expect(write(folders, new Faults(), planOf('IN:RL:RL'))).rejects.toMatchObject({
      name: 'FolderNotEmpty',
      what: '"home/m" holds an unfinished merge whose record is damaged, or of another version of this app',
      place: { file: MANIFEST_FILE },
    });
  });

  it('cancelled while it goes on keeps what was whole; while it is new, nothing', async () => {
    const { folders, files, whole } = await unfinished();
    const cancelAt = (phase: string): ExportWork => {
      const controller = new AbortController();
      const onProgress = (progress: { phase: string; done: number }): void => {
        if (progress.phase === phase) controller.abort();
      };
      return { ...WORK, signal: controller.signal, onProgress };
    };
    for (const phase of ['checking what was written earlier', 'writing']) {
      const work = write(folders, new Faults(), planOf('IN:RL:RL'), cancelAt(phase));
      await expect(work).rejects.toMatchObject({ name: 'Cancelled' });
      expect(Buffer.compare(files.get(FIRST) as Uint8Array, whole.get(FIRST) as Uint8Array)).toBe(0);
    }
    await write(folders, new Faults(), planOf('IN:RL:RL'));
    expect(files).toEqual(whole);

    const fresh: Folders = new Map();
    const work = write(fresh, new Faults(), planOf('IN:RL:RL'), cancelAt('writing'));
    await expect(work).rejects.toMatchObject({ name: 'Cancelled' });
    expect(fresh.size).toBe(0);
  });
});

describe('a manifest', () => {
  it.each(['', '\n', 'null\n', '{}\n', '[]', '{"format":"frankenscope-merge","version":1}\n0\n'])(
    'is none: %j',
    async (words) => {
      expect(await readManifest(words)).toBeNull();
    },
  );

  it.each([
    { finished: null },
    { finished: [{ name: 1 }] },
    { deviations: [] },
    { deviations: { w: '1' } },
    { dates: { IN: null } },
    { inputs: { IN: 1 } },
    { inputs: null },
    { writing: 3 },
  ])('with a right checksum and a wrong shape is none: %j', async (wrong) => {
    const right = {
      ...{ key: 'k', title: 't', begun: '2026-01-01T00:00:00Z', inputs: {}, settings: {} },
      ...{ dates: {}, deviations: {}, writing: null, finished: [], read: {} },
    };
    expect(await readManifest(await writeManifest(right))).toMatchObject(right);
    expect(await readManifest(await writeManifest({ ...right, ...wrong } as typeof right))).toBeNull();
  });
});

it('a disk that tells it has no room is refused before anything is written', async () => {
  const folders: Folders = new Map();
  const sink = await DirectorySink.create(new MemoryDirectory(folders).handle, 'm');
  sink.space = () => Promise.resolve({ place: 'home/m', free: 100, choice: 'go elsewhere' });
  const work = exportMerge(planOf('IN:RL:RL'), open.folders, sink, WORK);
  const error = await work.catch((error: unknown) => error as NamedError);
  expect(error).toMatchObject({
    name: 'DiskFull',
    what: expect.stringMatching(
      /^no room on the disk of "home\/m": \d{6} bytes are to be written, 100 bytes are free$/,
    ) as string,
    remedy: 'free some space, or go elsewhere',
  });
  expect(folders.size).toBe(0);
});
