import * as disk from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { JournalFiles } from '../../../scripts/journal-files.mjs';
import { Session } from '../../../scripts/session.mjs';
import { serve } from '../../../scripts/static-server.mjs';
import { sessionStorage } from '../../headless/session-storage.ts';
import { runJournalled } from '../run-journalled.ts';
import { journalSuite } from '../testing/journal-suite.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { workKey } from '../../identity/work-identity.ts';
import { Journals } from './journals.ts';
import { MemoryStorage } from './memory-storage.ts';
import type { JournalStorage } from './storage.ts';

const endings: (() => unknown)[] = [];
afterAll(() => Promise.all(endings.map((end) => end())));

journalSuite('memory', () => Promise.resolve(new MemoryStorage()));

journalSuite('the disk of the headless command', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
  const session = new Session(null, new JournalFiles(join(folder, 'journal')));
  const server = await serve(folder, { before: session.answer });
  endings.push(() => server.close().then(() => rmSync(folder, { recursive: true })));
  return sessionStorage(new URL(session.path, server.url).href);
});

describe('a storage that fails', () => {
  test('does not stop the work, and is told', async () => {
    const full: JournalStorage = Object.assign(new MemoryStorage(), {
      append: () => Promise.reject(new Error('quota exceeded')),
    });
    const notices: string[] = [];
    const result = await runJournalled<number, string>(
      new Journals(full),
      { kind: 'verdicts', title: 't', inputs: {}, settings: null },
      1,
      async ({ onRecord }) => {
        await onRecord?.('a', 1);
        return 'done';
      },
      { onNotice: (notice) => notices.push(notice) },
    );
    expect(result).toBe('done');
    expect(notices).toEqual([
      'results cannot be kept (the storage is full): the work goes on, and would begin anew after a reload; make room, or delete kept results.',
    ]);
  });
});

describe('a disk that refuses the journal of the headless command', () => {
  test.each([
    ['ENOSPC', /^results cannot be kept: no room on the disk of ".*journal": .* are free$/],
    ['EIO', /^results cannot be kept: .*".*journal" failed/],
    ['EACCES', /^results cannot be kept: .*journal"/],
  ])('with %s is named, with what to do', async (code, what) => {
    const folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
    const refusing = {
      ...disk,
      writeSync: (): never => {
        throw Object.assign(new Error(`${code}: refused, write`), { code });
      },
    };
    const session = new Session(null, new JournalFiles(join(folder, 'journal'), refusing));
    const server = await serve(folder, { before: session.answer });
    endings.push(() => server.close().then(() => rmSync(folder, { recursive: true })));
    const storage = sessionStorage(new URL(session.path, server.url).href);
    await expect(storage.append('a', 'b.jsonl', new Uint8Array(3))).rejects.toMatchObject({
      ...{ name: 'JournalFailed', what: expect.stringMatching(what) as string },
      remedy: expect.stringContaining('FRANKENSCOPE_CACHE') as string,
    });
  });
});

test('the key of a piece of work tells what differs, and not how it was written down', async () => {
  const work: WorkIdentity = {
    kind: 'energy',
    title: 'Energy',
    inputs: { base: 'a', in: 'b' },
    settings: { x: 1, y: [2] },
  };
  const key = await workKey(work);
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  expect(await workKey({ ...work, title: 'Other', settings: { y: [2], x: 1 } })).toBe(key);
  const others: WorkIdentity[] = [
    { ...work, kind: 'diversity' },
    { ...work, inputs: { base: 'b', in: 'a' } },
    { ...work, settings: { x: 1, y: [2, 3] } },
  ];
  expect(new Set(await Promise.all([work, ...others].map(workKey))).size).toBe(4);
});
