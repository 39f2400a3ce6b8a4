/**
 * Folders that ask for too much, below the engine. HOSTILE_BIG=1 takes those of hundreds of megabytes, too. What never ends needs
 * the worker that the page has (`e2e/hostile.e2e.ts`).
 */
import { mkdtempSync, openAsBlob, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ByteSource, CheckpointFiles } from '../checkpoint/byte-source.ts';
import { NamedError } from '../named-error.ts';
import { openFolder } from './folder.ts';
import type { ModelId } from './subject.ts';
import { HOSTILE_FOLDERS, makeHostileFolder } from './testing/hostile-folders.ts';

const WITH_BIG = process.env['HOSTILE_BIG'] !== undefined;
/** Seconds of CPU, of all threads of this process. */
const MOST_CPU = 5;
const MOST_MESSAGE = 4000;

const parent = mkdtempSync(join(tmpdir(), 'frankenscope-hostile-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

async function filesOf(folder: string): Promise<CheckpointFiles> {
  const files = new Map<string, ByteSource>();
  for (const name of readdirSync(folder)) {
    files.set(name, Object.assign(await openAsBlob(join(folder, name)), { name }));
  }
  return files;
}

/** The error's name, or null where the folder opens. */
async function outcome(name: string, files: CheckpointFiles): Promise<Error | null> {
  try {
    await openFolder(name as ModelId, name, files);
    return null;
  } catch (error) {
    return error as Error;
  }
}

const cases = HOSTILE_FOLDERS.filter(({ error, big }) => error !== 'NotInTime' && (WITH_BIG || !big));

test.each(cases)('$title: $error', async (hostile) => {
  const folder = makeHostileFolder(hostile, parent);
  const files = await filesOf(folder);
  const before = process.cpuUsage();
  const refused = await outcome(hostile.title, files);
  const { user, system } = process.cpuUsage(before);
  rmSync(folder, { recursive: true, force: true });
  expect(refused?.name ?? null, refused?.message).toBe(hostile.error);
  expect((user + system) / 1e6).toBeLessThan(MOST_CPU);
  if (refused === null) return;
  expect(refused).toBeInstanceOf(NamedError);
  const { place, remedy } = refused as NamedError;
  expect(place.file ?? place.tensor).toBeTruthy();
  expect(remedy).not.toBe('');
  expect(refused.message.length).toBeLessThan(MOST_MESSAGE);
  expect(refused.message).not.toMatch(
    /call stack|Invalid array length|Invalid string length|is not a function/,
  );
  for (const named of hostile.names ?? []) expect(refused.message).toContain(named);
});

test('no name of a folder changes what all objects have', () => {
  expect('polluted' in {}).toBe(false);
});
