import { describe, expect, test } from 'vitest';
import type { JudgeVerdict } from '../../remote/judge.ts';
import { openJournal } from '../journal/journal.ts';
import { MemoryStorage } from '../journal/memory-storage.ts';
import { Journals } from '../journal/journals.ts';
import { lineOf } from '../journal/lines.ts';
import { SHAPES } from '../journal/shapes.ts';
import { buildName } from '../../work/modules.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { workKey } from '../../identity/work-identity.ts';
import type { JournalStorage } from '../journal/storage.ts';
import { runJournalled } from '../run-journalled.ts';
import type { LongWork } from '../../work/long-work.ts';
import { cancelled } from '../../work/cancel.ts';
import { savedJournal } from './saved-journal.ts';

const shape = SHAPES.verdicts;

const verdict = (said: string): JudgeVerdict => ({ verdict: 'correct', said });

const identity = (seed: number): WorkIdentity => ({
  kind: 'verdicts',
  title: 'Squares',
  inputs: { base: 'fingerprint' },
  settings: { seed },
});

const KEYS = Array.from({ length: 10 }, (_, index) => `sample-${index}`);

/** Work of ten records that says which it computed, and may be cut short. */
function squares(computed: string[], stopAfter = Infinity) {
  return async ({ finished, onRecord, signal }: LongWork<JudgeVerdict>): Promise<number> => {
    let sum = 0;
    for (const [index, key] of KEYS.entries()) {
      if (computed.length >= stopAfter) throw cancelled();
      signal?.throwIfAborted();
      const known = finished?.get(key);
      const record = known ?? verdict(`${index ** 2} größe\n"quoted"`);
      if (!known) {
        computed.push(key);
        await onRecord?.(key, record);
      }
      sum += parseInt(record.said);
    }
    return sum;
  };
}

/** What a journal has to hold to, over any storage. `fresh` gives one that holds nothing. */
export function journalSuite(name: string, fresh: () => Promise<JournalStorage>): void {
  const encoder = new TextEncoder();
  describe(`journal over ${name}`, () => {
    test('an interrupted run is resumed: what it finished is not computed again', async () => {
      const journals = new Journals(await fresh());
      const first: string[] = [];
      await expect(runJournalled(journals, identity(1), 10, squares(first, 4))).rejects.toMatchObject({
        name: 'Cancelled',
      });
      expect((await journals.read(identity(1))).size).toBe(4);
      const second: string[] = [];
      const told: string[] = [];
      const sum = await runJournalled(journals, identity(1), 10, squares(second), {
        onFinished: (records) => told.push(...records.keys()),
        onRecord: (key) => void told.push(key),
      });
      expect(sum).toBe(285);
      expect(second).toEqual(KEYS.slice(4));
      expect(told).toEqual(KEYS);
      const third: string[] = [];
      expect(await runJournalled(journals, identity(1), 10, squares(third))).toBe(285);
      expect(third).toEqual([]);
    });

    test('other settings are other work', async () => {
      const journals = new Journals(await fresh());
      await runJournalled(journals, identity(1), 10, squares([]));
      const other: string[] = [];
      await runJournalled(journals, identity(2), 10, squares(other));
      expect(other).toEqual(KEYS);
      expect(await journals.list()).toMatchObject([
        { kind: 'verdicts', title: 'Squares', total: 10, complete: true },
        { kind: 'verdicts', title: 'Squares', total: 10, complete: true },
      ]);
    });

    test('what was computed from an input is withdrawn, and nothing else', async () => {
      const journals = new Journals(await fresh());
      const other = { ...identity(1), inputs: { base: 'another' } };
      await runJournalled(journals, identity(1), 10, squares([]));
      await runJournalled(journals, other, 10, squares([]));
      expect(await journals.withdraw('fingerprint')).toMatchObject([{ inputs: { base: 'fingerprint' } }]);
      expect((await journals.read(identity(1))).size).toBe(0);
      expect((await journals.read(other)).size).toBe(10);
      expect(await journals.list()).toMatchObject([{ inputs: { base: 'another' }, settings: { seed: 1 } }]);
    });

    test('a torn last line is dropped and told once, and the journal goes on behind it', async () => {
      const storage = await fresh();
      const key = await workKey(identity(1));
      const { journal } = await openJournal(storage, key, shape);
      void journal.append('a', verdict('ü'));
      void journal.append('b', verdict(''));
      await journal.flush();
      const line = await lineOf(`${key}/records.jsonl`, JSON.stringify({ key: 'c', record: verdict('c') }));
      await storage.append(key, 'records.jsonl', encoder.encode(line.slice(0, -1)));
      const torn = await openJournal(storage, key, shape);
      expect([...torn.finished]).toEqual([
        ['a', verdict('ü')],
        ['b', verdict('')],
      ]);
      expect(torn.notices).toEqual([expect.stringContaining('was cut off')]);
      void torn.journal.append('c', verdict('c'));
      await torn.journal.flush();
      const whole = await openJournal(storage, key, shape);
      // Ended by the line after it, the torn one is whole: its sum says so.
      expect([...whole.finished.keys()]).toEqual(['a', 'b', 'c']);
      expect(whole.notices).toEqual([]);
    });

    test('a damaged line costs that line alone, and is told once', async () => {
      const storage = await fresh();
      const place = 'k/records.jsonl';
      const entry = (name: string, record: unknown) =>
        lineOf(place, JSON.stringify({ key: name, record })).then((line) => line.trimEnd());
      const c = await entry('c', verdict('c'));
      const lines = [
        await entry('a', verdict('a')),
        c.replace('"said":"c"', '"said":"d"'),
        '{"key":"b","record":{"verdict":"correct","said":""}}',
        '{"key":"b","rec\u0000\u0000',
        '[]',
        await lineOf('other/records.jsonl', JSON.stringify({ key: 'x', record: verdict('x') })),
        await entry('e', {}),
        await entry('__proto__', verdict('proto')),
        c,
        '',
      ];
      await storage.append('k', 'records.jsonl', encoder.encode(lines.join('\n')));
      const { journal, finished, notices } = await openJournal(storage, 'k', shape);
      expect([...finished]).toEqual([
        ['a', verdict('a')],
        ['__proto__', verdict('proto')],
        ['c', verdict('c')],
      ]);
      expect(notices).toEqual([
        '6 damaged records of the journal (lines 2, 3, 4, 5, 6 and 1 more) are computed again.',
      ]);
      await journal.flush();
      const again = await openJournal(storage, 'k', shape);
      expect([...again.finished.keys()]).toEqual(['a', '__proto__', 'c']);
      expect(again.notices).toEqual([]);
    });

    test('records reach the storage by themselves, in a quarter of a second', async () => {
      const storage = await fresh();
      const { journal } = await openJournal(storage, 'k', shape);
      void journal.append('a', verdict(''));
      await expect
        .poll(async () => (await storage.read('k', 'records.jsonl'))?.length ?? 0)
        .toBeGreaterThan(0);
    });

    test('what was begun is listed with what it holds, when and by what it was begun', async () => {
      const storage = await fresh();
      const journals = new Journals(storage, { again: 'npm run -s headless -- squares' });
      await expect(runJournalled(journals, identity(1), 10, squares([], 4))).rejects.toThrow();
      const [kept] = await journals.list();
      expect(kept).toMatchObject({
        ...{ kind: 'verdicts', inputs: { base: 'fingerprint' }, settings: { seed: 1 } },
        ...{ done: 4, total: 10, complete: false, current: true, described: true, problems: [] },
        ...{ build: buildName(), again: 'npm run -s headless -- squares' },
      });
      expect(Date.parse(kept?.begun ?? '')).toBeGreaterThan(Date.now() - 600_000);
      await runJournalled(journals, identity(1), 10, squares([]));
      expect(await journals.list()).toMatchObject([{ done: 10, complete: true, begun: kept?.begun }]);
    });

    test('what another build kept is listed as that', async () => {
      const storage = await fresh();
      const other = { ...identity(1), total: 10, complete: true, modules: 'other', build: '0.0.1' };
      const text = JSON.stringify({ ...other, at: '2026-01-02T03:04:05.678Z' });
      await storage.append('k', 'work.jsonl', encoder.encode(await lineOf('k/work.jsonl', text)));
      const [kept] = await new Journals(storage).list();
      expect(kept).toMatchObject({
        current: false,
        described: true,
        complete: false,
        done: 0,
        build: '0.0.1',
      });
      expect(kept?.begun).toBe('2026-01-02T03:04:05.678Z');
    });

    test('work whose description is damaged is listed, gone on with, and described again', async () => {
      const whole = await fresh();
      const journals = new Journals(whole);
      await expect(runJournalled(journals, identity(1), 10, squares([], 4))).rejects.toThrow();
      const key = await workKey(identity(1));
      const records = (await whole.read(key, 'records.jsonl')) ?? new Uint8Array(0);
      await journals.remove(key);
      await whole.append(key, 'records.jsonl', records);
      await whole.append(key, 'work.jsonl', encoder.encode('0123456789abcdef {"kind":"verdicts"}\n'));
      expect(await journals.list()).toMatchObject([
        { described: false, done: 4, problems: ['A part of its description is damaged.'] },
      ]);
      const computed: string[] = [];
      expect(await runJournalled(journals, identity(1), 10, squares(computed))).toBe(285);
      expect(computed).toEqual(KEYS.slice(4));
      expect(await journals.list()).toMatchObject([{ described: true, title: 'Squares', complete: true }]);
    });

    test('what is withdrawn takes along what cannot say what it was computed from', async () => {
      const storage = await fresh();
      const journals = new Journals(storage);
      await runJournalled(journals, { ...identity(1), inputs: { base: 'other' } }, 10, squares([]));
      const line = await lineOf('k/records.jsonl', JSON.stringify({ key: 'a', record: verdict('') }));
      await storage.append('k', 'records.jsonl', encoder.encode(line));
      expect(await journals.withdraw('fingerprint')).toMatchObject([{ key: 'k', described: false }]);
      expect(await journals.list()).toHaveLength(1);
    });

    test('two runs of the same work keep all records of both, whole', async () => {
      const storage = await fresh();
      const [first, second] = await Promise.all(
        [1, 2].map(() => openJournal(storage, 'k', shape, { flushMs: 0 })),
      );
      await Promise.all(
        KEYS.flatMap((key, index) => [
          first?.journal.append(key, verdict(`${index}`)),
          second?.journal.append(`${key} of the second`, verdict('x'.repeat(index * 1000))),
        ]),
      );
      const { finished, notices } = await openJournal(storage, 'k', shape);
      expect(finished.size).toBe(20);
      expect(notices).toEqual([]);
    });

    test('a part of a file is given by range, and none of what is not there', async () => {
      const storage = await fresh();
      await storage.append('k', 'f.jsonl', encoder.encode('0123456789\n'));
      const part = async (...range: [number, number]) =>
        new TextDecoder().decode(await storage.readPart('k', 'f.jsonl', ...range));
      expect(await part(2, 5)).toBe('234');
      expect(await part(8, 100)).toBe('89\n');
      expect(await part(11, 20)).toBe('');
      expect((await storage.readPart('k', 'none.jsonl', 0, 5)).length).toBe(0);
      expect((await storage.readPart('none', 'f.jsonl', 0, 5)).length).toBe(0);
    });

    test('saved as one file, work goes on over another storage, and comes back whole', async () => {
      const [here, there] = [new Journals(await fresh()), new Journals(new MemoryStorage())];
      await expect(runJournalled(here, identity(1), 10, squares([], 4))).rejects.toThrow();
      const key = await workKey(identity(1));
      expect(await there.takeOver(await savedJournal(here, key))).toMatchObject({ key, added: 4, known: 0 });
      const [before] = await here.list();
      expect(await there.list()).toEqual([{ ...before, bytes: expect.any(Number) as unknown }]);
      const computed: string[] = [];
      expect(await runJournalled(there, identity(1), 10, squares(computed))).toBe(285);
      expect(computed).toEqual(KEYS.slice(4));
      const back = await savedJournal(there, key);
      expect(await here.takeOver(back)).toMatchObject({ added: 6, known: 4, conflicts: [], damaged: [] });
      expect(await here.list()).toMatchObject([{ done: 10, complete: true, problems: [] }]);
      const again: string[] = [];
      expect(await runJournalled(here, identity(1), 10, squares(again))).toBe(285);
      expect(again).toEqual([]);
    });

    test('sizes are told, and what is removed is gone', async () => {
      const storage = await fresh();
      const journals = new Journals(storage);
      await runJournalled(journals, identity(1), 10, squares([]));
      const [kept] = await journals.list();
      expect(kept?.bytes).toBeGreaterThan(10 * 30);
      const removed: string[] = [];
      journals.onRemoved((key) => removed.push(key));
      await journals.remove(kept?.key ?? '');
      expect(removed).toEqual([kept?.key]);
      expect(await journals.list()).toEqual([]);
      expect((await journals.read(identity(1))).size).toBe(0);
      await journals.remove(identity(1));
    });
  });
}
