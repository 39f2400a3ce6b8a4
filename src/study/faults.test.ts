/**
 * Every kind of work with a failure at its 1st, 2nd … last operation on storage, resumed over what is left, and with every
 * bit of its journal flipped: it ends with the bytes of an undisturbed run, and says so where it had to compute again.
 * Under the journals' own storages lie a disk and an origin-private storage that fail on purpose.
 *
 * With FAULTS=all, two failures one after another, and every bit followed by a whole run, which takes a processor some eight
 * minutes; else a slice of those.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { writeDurably } from '../../scripts/durable.mjs';
import { JournalFiles } from '../../scripts/journal-files.mjs';
import { workKey } from '../identity/work-identity.ts';
import { Journals } from './journal/journals.ts';
import { MemoryStorage } from './journal/memory-storage.ts';
import { OpfsStorage } from './journal/opfs-storage.ts';
import { KINDS } from './journal/shapes.ts';
import type { LineStorage } from './journal/storage.ts';
import { runJournalled } from './run-journalled.ts';
import { digestAtOnce } from './testing/digest-at-once.ts';
import { FakeDisk } from './testing/fake-disk.ts';
import { FakeOpfs } from './testing/fake-opfs.ts';
import { FAULTS, Faults } from './testing/faults.ts';
import type { Piece } from './testing/piece.ts';
import type { Pieces } from './testing/pieces.ts';
import { piecesOfWork } from './testing/pieces.ts';
import { recordedJudge } from './testing/recorded-judge.ts';

const ALL = process.env['FAULTS'] === 'all';
if (ALL) vi.setConfig({ testTimeout: 3_600_000 });
const JOURNAL = '/cache/journal';
const RESULT = '/out/result.json';

let pieces: Pieces;
beforeAll(async () => {
  vi.stubGlobal('fetch', recordedJudge);
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(digestAtOnce);
  pieces = await piecesOfWork();
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** What one run of a piece of work saw and did. */
interface Session {
  /** Null where it died or could not be written. */
  readonly text: string | null;
  /** Taken over from the journal. */
  readonly finished: readonly string[];
  /** Records that were on the storage when they were told, nothing having failed before. */
  readonly kept: readonly string[];
  readonly computed: readonly string[];
  readonly notices: readonly string[];
}

async function session(
  storage: LineStorage,
  { identity, total, work }: Piece,
  write: (text: string) => void = () => undefined,
): Promise<Session> {
  const finished: string[] = [];
  const kept: string[] = [];
  const computed: string[] = [];
  const notices: string[] = [];
  const journals = new Journals(storage, { flushMs: 0 });
  const text = await runJournalled(journals, identity, total, work, {
    onFinished: (records) => finished.push(...records.keys()),
    onRecord: (key) => {
      computed.push(key);
      if (notices.length === 0) kept.push(key);
    },
    onNotice: (notice) => notices.push(notice),
  });
  try {
    write(text);
  } catch {
    return { text: null, finished, kept, computed, notices };
  }
  await storage.remove(await workKey(identity)).catch(() => undefined);
  return { text, finished, kept, computed, notices };
}

function overDisk(disk: FakeDisk): LineStorage {
  const files = new JournalFiles(JOURNAL, disk.fs);
  const later = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);
  return {
    list: () => later(() => files.list()),
    read: (key, file) => later(() => files.read(key, file) as Uint8Array<ArrayBuffer> | null),
    readPart: (key, file, start, end) =>
      later(() => files.readPart(key, file, start, end) as Uint8Array<ArrayBuffer>),
    append: (key, file, lines) => later(() => files.append(key, file, lines)),
    remove: (key) => later(() => files.remove(key)),
  };
}

function newDisk(): FakeDisk {
  const disk = new FakeDisk();
  disk.fs.mkdirSync('/out');
  for (const folder of ['/', '/out']) disk.fs.fsyncSync(disk.fs.openSync(folder, 'r'));
  disk.restart();
  return disk;
}

/** One run of the command: the journal, the result, and the journal's end. */
function onDisk(disk: FakeDisk, piece: Piece): Promise<Session> {
  return session(overDisk(disk), piece, (text) => {
    if (disk.bytes(RESULT) === null) writeDurably(RESULT, text, disk.fs);
  });
}

describe.each(KINDS)('%s', (kind) => {
  const piece = (): Piece => {
    const found = pieces[kind];
    if (!found) throw new Error(`there is no piece of the kind ${kind}`);
    return found;
  };

  test.each(FAULTS)('ends as undisturbed after %s at any operation of the disk', async (fault) => {
    const clean = newDisk();
    const { computed } = await onDisk(clean, piece());
    const whole = clean.bytes(RESULT)?.toString();
    const { operations } = clean.faults;
    // What is known of weights stays.
    expect(clean.files.filter((file) => !file.startsWith(`${JOURNAL}/weights-`))).toEqual([RESULT]);
    expect(new Set(operations)).toContain('flush');
    let resumed = 0;
    for (let at = 1; at <= operations.length; at++) {
      const where = `${fault} at ${at}, ${operations[at - 1]}`;
      const disk = newDisk();
      disk.faults = new Faults(at, fault);
      const first = await onDisk(disk, piece());
      disk.restart();
      const result = disk.bytes(RESULT)?.toString();
      expect([undefined, whole], where).toContain(result);
      if (first.text === whole) expect(result, where).toBe(whole);
      await new Journals(overDisk(disk)).list();
      if (result !== undefined) continue;
      const second = await onDisk(disk, piece());
      expect(disk.bytes(RESULT)?.toString(), where).toBe(whole);
      expect(second.finished, where).toEqual(expect.arrayContaining([...first.kept]));
      expect([...second.finished, ...second.computed].toSorted(), where).toEqual(computed.toSorted());
      resumed += second.finished.length;
    }
    expect(resumed).toBeGreaterThan(computed.length);
  });

  test.each(FAULTS.slice(0, 3))(
    'ends as undisturbed after %s at any operation of the browser’s storage',
    async (fault) => {
      const undisturbed = new FakeOpfs();
      const { text, computed } = await session(new OpfsStorage(undisturbed.root), piece(), () => undefined);
      const { operations } = undisturbed.faults;
      for (let at = 1; at <= operations.length; at++) {
        const where = `${fault} at ${at}, ${operations[at - 1]}`;
        const opfs = new FakeOpfs();
        opfs.faults = new Faults(at, fault);
        const storage = new OpfsStorage(opfs.root);
        const first = await session(storage, piece(), () => {
          if (opfs.faults.dead) throw new Error('the page is gone');
        });
        opfs.restart();
        await new Journals(storage).list();
        if (first.text !== null) expect(first.text, where).toBe(text);
        const second = await session(storage, piece());
        expect(second.text, where).toBe(text);
        if (first.text === null)
          expect(second.finished, where).toEqual(expect.arrayContaining([...first.kept]));
        expect([...second.finished, ...second.computed].toSorted(), where).toEqual(computed.toSorted());
      }
    },
  );

  test('ends as undisturbed after two failures one after another', async () => {
    const clean = newDisk();
    await onDisk(clean, piece());
    const whole = clean.bytes(RESULT)?.toString();
    const count = clean.faults.operations.length;
    const [step, offset] = ALL ? [1, 0] : [7, 3];
    let met = 0;
    for (const [index, fault] of FAULTS.entries()) {
      for (let at = 1 + (index % step); at <= count; at += step) {
        const begun = newDisk();
        begun.faults = new Faults(at, fault);
        await onDisk(begun, piece());
        begun.restart();
        for (let then = 1 + ((at + offset) % step); ; then += step) {
          const disk = begun.copy();
          disk.faults = new Faults(then, FAULTS[(index + then) % FAULTS.length]);
          await onDisk(disk, piece());
          // A run that ended before would do so whichever later operation were to fail.
          if (disk.faults.operations.length < then) break;
          met += 1;
          disk.restart();
          await onDisk(disk, piece());
          expect(disk.bytes(RESULT)?.toString(), `${fault} at ${at}, then ${then}`).toBe(whole);
        }
      }
    }
    expect(met).toBeGreaterThan((count * FAULTS.length) / step);
  });

  test('with any bit of its records flipped: the same, or told and computed again', async () => {
    const { identity } = piece();
    const key = await workKey(identity);
    const storage = new MemoryStorage();
    const text = await keep(storage, piece());
    const records = (await storage.read(key, 'records.jsonl')) ?? new Uint8Array(0);
    const description = (await storage.read(key, 'work.jsonl')) ?? new Uint8Array(0);
    const original = await new Journals(storage).read(identity);
    const lost = new Set<number>();
    for (let bit = 0; bit < records.length * 8; bit++) {
      const flipped = new MemoryStorage();
      await flipped.append(key, 'work.jsonl', description);
      await flipped.append(key, 'records.jsonl', withBit(records, bit));
      const notices: string[] = [];
      const found = await new Journals(flipped).read(identity, (notice) => notices.push(notice));
      for (const [name, record] of found) expect(record, `bit ${bit}`).toEqual(original.get(name));
      if (found.size < original.size) expect(notices, `bit ${bit}`).not.toEqual([]);
      lost.add(original.size - found.size);
      if (!ALL && bit % 61 !== 0) continue;
      const { text: again, notices: told } = await session(flipped, piece());
      expect(again, `bit ${bit}`).toBe(text);
      expect(told, `bit ${bit}`).toEqual(notices);
    }
    // A line, or two that a flipped newline made one.
    expect([...lost].every((lines) => lines <= 2)).toBe(true);
    expect(lost).toContain(1);
  });

  test('with any bit of its description flipped: the same, or told, and gone on with', async () => {
    const key = await workKey(piece().identity);
    const storage = new MemoryStorage();
    await keep(storage, piece());
    const records = (await storage.read(key, 'records.jsonl')) ?? new Uint8Array(0);
    const description = (await storage.read(key, 'work.jsonl')) ?? new Uint8Array(0);
    const [original] = await new Journals(storage).list();
    const step = ALL || kind === 'swap' ? 1 : 7;
    for (let bit = 0; bit < description.length * 8; bit += step) {
      const flipped = new MemoryStorage();
      await flipped.append(key, 'records.jsonl', records);
      await flipped.append(key, 'work.jsonl', withBit(description, bit));
      const [listed] = await new Journals(flipped).list();
      expect(listed?.done).toBe(original?.done);
      expect(listed?.problems, `bit ${bit}`).not.toEqual([]);
      if (listed?.described)
        expect(listed).toEqual({
          ...original,
          ...{ problems: listed.problems, complete: listed.complete, begun: listed.begun },
        });
    }
  });
});

/** Runs a piece of work and leaves its journal; returns its result. */
function keep(storage: LineStorage, piece: Piece): Promise<string> {
  const { identity, total, work } = piece;
  return runJournalled(new Journals(storage, { flushMs: 0 }), identity, total, work);
}

function withBit(bytes: Uint8Array<ArrayBuffer>, bit: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}
