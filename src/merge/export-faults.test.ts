/**
 * Every write, rename, remove and flush of an export fails once, in every way; the rerun ends with the bytes of an undisturbed
 * export. Over the command's folder (its session, and a disk that forgets what was not flushed) and over a directory as
 * browsers give it. Every call is killed, and refused by one of two errors; `FRANKENSCOPE_FAULTS=all`: by both.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { JournalFiles } from '../../scripts/journal-files.mjs';
import { PartialFiles } from '../../scripts/partial-files.mjs';
import { MANIFEST_FILE } from '../../scripts/result-folder.mjs';
import { thisProcess } from '../../scripts/run-owner.mjs';
import { Session } from '../../scripts/session.mjs';
import { outFolder } from '../headless/out-folder.ts';
import { outFolderSink } from '../headless/out-folder-sink.ts';
import { NamedError } from '../named-error.ts';
import { exportMerge } from './export.ts';
import { planMerge } from './plan/plan.ts';
import type { MergePlan } from './plan/plan.ts';
import { parseBlocks } from './recipe/blocks.ts';
import type { Edit } from './recipe/recipe.ts';
import { DirectorySink } from './sinks/directory-sink.ts';
import { answeredFetch } from './testing/answered-fetch.ts';
import type { OpenDonors } from './testing/donors.ts';
import { goldenDonors } from './testing/donors.ts';
import type { Fault } from './testing/faults.ts';
import { Faults } from './testing/faults.ts';
import { MemoryDirectory } from './testing/memory-directory.ts';
import { MemoryDisk } from './testing/memory-disk.ts';
import { MemorySink } from './testing/memory-sink.ts';

const EDITS: readonly Edit[] = [
  { kind: 'interpolate', layers: { first: 1, last: 2 }, part: 'mlp', donor: 'RL', alpha: 0.3 },
  { kind: 'noise', layers: { first: 3, last: 3 }, part: 'mlp', ratio: 0.1, seed: 5 },
];
const SHARD_BYTES = 100_000;

const ALL = process.env['FRANKENSCOPE_FAULTS'] === 'all';

let open: OpenDonors;
let plan: MergePlan;
let reference: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  open = await goldenDonors({ IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' });
  plan = planMerge({ ...parseBlocks('IN:RL:RL', ['IN', 'RL'], 3), edits: EDITS }, open.donors);
  const sink = new MemorySink();
  await exportMerge(plan, open.folders, sink, { shardBytes: SHARD_BYTES });
  reference = sink.files;
});

/** Something that exports are written to, and that outlives them. */
interface Place {
  run(faults: Faults, notices?: string[]): Promise<void>;
  files(): ReadonlyMap<string, Uint8Array>;
  afterKill?(): void;
}

class CommandPlace implements Place {
  readonly disk = new MemoryDisk();

  async run(faults: Faults, notices: string[] = []): Promise<void> {
    const owner = { ...thisProcess(), process: 99_999_999 };
    const files = new PartialFiles('/out', this.disk.calls(faults), owner);
    const session = new Session(files, new JournalFiles('/nowhere'));
    const sink = outFolderSink(outFolder(session.path, answeredFetch(session)));
    try {
      const onNotice = (notice: string): void => void notices.push(notice);
      await exportMerge(plan, open.folders, sink, { shardBytes: SHARD_BYTES, onNotice });
      await files.commit();
    } finally {
      await files.discard();
    }
  }

  files(): ReadonlyMap<string, Uint8Array> {
    return this.disk.files('/out');
  }

  afterKill(): void {
    this.disk.cutPower();
  }
}

class PagePlace implements Place {
  readonly folders = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();

  async run(faults: Faults, notices: string[] = []): Promise<void> {
    const sink = await DirectorySink.create(new MemoryDirectory(this.folders, faults).handle, 'merge');
    const onNotice = (notice: string): void => void notices.push(notice);
    await exportMerge(plan, open.folders, sink, { shardBytes: SHARD_BYTES, onNotice });
  }

  files(): ReadonlyMap<string, Uint8Array> {
    return this.folders.get('merge') ?? new Map();
  }
}

/** Whatever happened: no file under its name is cut short, and config.json means that all are there. */
function expectNothingHalf(place: Place, browser: boolean): void {
  const files = place.files();
  for (const [name, bytes] of files) {
    const wanted = reference.get(name);
    // A browser shows an empty file where one is begun.
    if (!wanted || (browser && bytes.length === 0)) continue;
    expect(Buffer.compare(bytes, wanted), name).toBe(0);
  }
  if (!files.get('config.json')?.length) return;
  for (const name of reference.keys()) expect(files.get(name)?.length, name).toBeGreaterThan(0);
}

function expectWhole(place: Place): void {
  const files = place.files();
  expect([...files.keys()].sort()).toEqual([...reference.keys()].sort());
  for (const [name, bytes] of reference)
    expect(Buffer.compare(files.get(name) ?? Buffer.of(), bytes), name).toBe(0);
}

/** What the person is told is what the disk said, not what tidying up met. */
function expectCause(error: unknown, kind: Fault['kind'], call: string): void {
  if (kind === 'kill') return;
  expect(error, call).toBeInstanceOf(NamedError);
  expect(['DiskFull', 'DiskFailed', 'FolderNotWritable'], call).toContain((error as NamedError).name);
}

describe.each([
  ['the command', (): Place => new CommandPlace(), false],
  ['the page', (): Place => new PagePlace(), true],
] as const)('an export by %s', (_, made, browser) => {
  let calls = 0;

  it('undisturbed leaves the files of the merge and nothing else', async () => {
    const faults = new Faults();
    const place = made();
    await place.run(faults);
    expectWhole(place);
    calls = faults.calls;
    expect(calls).toBeGreaterThan(60);
    expect(reference.size).toBeGreaterThan(8);
  });

  it.each(['ENOSPC', 'EIO', 'kill'] as const)(
    'cut off by %s anywhere goes on, to the same bytes',
    async (kind) => {
      let failed = 0;
      const [first, step] = ALL || kind === 'kill' ? [1, 1] : [kind === 'EIO' ? 1 : 2, 2];
      for (let at = first; at <= calls; at += step) {
        const place = made();
        const faults = new Faults({ at, kind });
        const outcome = await place.run(faults).then(
          () => null,
          (error: unknown) => ({ error }),
        );
        if (!outcome) {
          expectWhole(place);
          continue;
        }
        failed += 1;
        expectCause(outcome.error, kind, `${at}: ${faults.met}`);
        expectNothingHalf(place, browser);
        if (kind === 'kill') place.afterKill?.();
        expectNothingHalf(place, browser);
        await place.run(new Faults()).catch((error: unknown) => {
          throw new Error(`after ${kind} at ${at}, ${faults.met}`, { cause: error });
        });
        expectWhole(place);
      }
      // What fails while the folder is tidied up after all ended well is no failure.
      expect(failed).toBeGreaterThanOrEqual(Math.floor(calls / step) - 3);
    },
  );

  it('cut off twice keeps what both had finished, and says so', async () => {
    const place = made();
    await place.run(new Faults({ at: Math.floor(calls * 0.5), kind: 'kill' })).catch(() => undefined);
    const notices: string[] = [];
    await place.run(new Faults({ at: Math.floor(calls * 0.3), kind: 'EIO' }), notices).catch(() => undefined);
    const said = notices.join('\n');
    expect(said).toMatch(/going on: [1-9] of \d weight files were written earlier/);
    expect(said).toMatch(/whole weight files? stays? in ".+": the same merge into it goes on/);
    expect(place.files().has(MANIFEST_FILE)).toBe(true);
    await place.run(new Faults());
    expectWhole(place);
  });
});
