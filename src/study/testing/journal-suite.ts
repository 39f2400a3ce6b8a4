import { describe, expect, test } from 'vitest';
import { openJournal } from '../journal/journal.ts';
import { Journals } from '../journal/journals.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';
import { workKey } from '../identity/work-identity.ts';
import type { JournalStorage } from '../journal/storage.ts';
import { runJournalled } from '../run-journalled.ts';
import type { LongWork } from '../work.ts';
import { NamedError } from '../../named-error.ts';

interface Square {
  readonly square: number;
  readonly note: string;
}

const identity = (seed: number): WorkIdentity => ({
  kind: 'squares',
  title: 'Squares',
  inputs: { base: 'fingerprint' },
  settings: { seed },
});

const KEYS = Array.from({ length: 10 }, (_, index) => `sample-${index}`);

/** Work of ten records that says which it computed, and may be cut short. */
function squares(computed: string[], stopAfter = Infinity) {
  return async ({ finished, onRecord, signal }: LongWork<Square>): Promise<number> => {
    let sum = 0;
    for (const [index, key] of KEYS.entries()) {
      if (computed.length >= stopAfter) throw new NamedError('Cancelled', 'cancelled', {}, '');
      signal?.throwIfAborted();
      const known = finished?.get(key);
      const record = known ?? { square: index ** 2, note: `größe ${index}\n"quoted"` };
      if (!known) {
        computed.push(key);
        await onRecord?.(key, record);
      }
      sum += record.square;
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
        { kind: 'squares', title: 'Squares', total: 10, complete: true },
        { kind: 'squares', title: 'Squares', total: 10, complete: true },
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

    test('a torn last line is dropped and told, and the journal goes on behind it', async () => {
      const storage = await fresh();
      const key = await workKey(identity(1));
      const { journal } = await openJournal<Square>(storage, key);
      journal.append('a', { square: 1, note: 'ü' });
      journal.append('b', { square: 4, note: '' });
      await journal.flush();
      await storage.append(key, 'records.jsonl', encoder.encode('{"key":"c","record":{"squa'));
      const torn = await openJournal<Square>(storage, key);
      expect([...torn.finished]).toEqual([
        ['a', { square: 1, note: 'ü' }],
        ['b', { square: 4, note: '' }],
      ]);
      expect(torn.notices).toEqual([expect.stringContaining('was cut off')]);
      torn.journal.append('c', { square: 9, note: '' });
      await torn.journal.flush();
      const whole = await openJournal<Square>(storage, key);
      expect([...whole.finished.keys()]).toEqual(['a', 'b', 'c']);
      expect(whole.notices).toEqual([]);
    });

    test('a damaged line in the middle costs that line alone', async () => {
      const storage = await fresh();
      const lines = [
        '{"key":"a","record":1}',
        '{"key":"b","rec\u0000\u0000',
        '[]',
        '{"key":"c","record":3}',
        '',
      ];
      await storage.append('k', 'records.jsonl', encoder.encode(lines.join('\n')));
      const { finished, notices } = await openJournal<number>(storage, 'k');
      expect([...finished]).toEqual([
        ['a', 1],
        ['c', 3],
      ]);
      expect(notices).toEqual(['2 damaged lines of the journal were left out.']);
    });

    test('records reach the storage by themselves, in a quarter of a second', async () => {
      const storage = await fresh();
      const { journal } = await openJournal<number>(storage, 'k');
      journal.append('a', 1);
      await expect
        .poll(async () => (await storage.read('k', 'records.jsonl'))?.length ?? 0, { timeout: 10_000 })
        .toBeGreaterThan(0);
    });

    test('what is cut off is listed with what it holds, and what another version kept as not of this one', async () => {
      const storage = await fresh();
      const journals = new Journals(storage);
      await expect(runJournalled(journals, identity(1), 10, squares([], 4))).rejects.toThrow();
      expect(await journals.list()).toMatchObject([{ done: 4, total: 10, complete: false, current: true }]);
      const key = await workKey(identity(1));
      const older = { kind: 'squares', title: 'Squares', total: 10, complete: true, version: '0.0.1' };
      await storage.replace(key, 'work.json', encoder.encode(JSON.stringify(older)));
      expect(await journals.list()).toMatchObject([{ done: 10, complete: true, current: false }]);
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
