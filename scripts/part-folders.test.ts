import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partFolders } from './part-folders.mjs';

let top = '';
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'parts-'));
});
afterAll(() => rmSync(top, { recursive: true }));

/** A folder with empty files; a path that ends in @ is a link to what follows it. */
function made(name: string, ...paths: readonly string[]): string {
  for (const path of paths) {
    const [file = '', target] = path.split('@');
    mkdirSync(join(top, name, file, '..'), { recursive: true });
    if (target === undefined) writeFileSync(join(top, name, file), '');
    else symlinkSync(join(top, target), join(top, name, file));
  }
  return join(top, name);
}

const paths = (...folders: readonly string[]) =>
  partFolders('parts', folders).flatMap(({ paths }) =>
    paths.map((path) => path.replace(/^(\d+):[^/]*/, '$1')),
  );

test('of a part its own files are handed over, of a study those of its analyses too, and nothing else', () => {
  const one = made('one', 'part.json', 'records/swap.jsonl', 'layer_swap_summary.json', 'records/x.txt');
  const study = made('study', 'part.json', 'lens/part.json', 'lens/records/lens.jsonl', 'other/a.json');
  expect(paths(one, study)).toEqual([
    ...['0/part.json', '0/records/swap.jsonl'],
    ...['1/part.json', '1/lens/part.json', '1/lens/records/lens.jsonl'],
  ]);
  expect(partFolders('parts', [one])[0]?.files[0]).toBe(join(one, 'part.json'));
});

test('links within a part are followed; those that lead out of it are refused by name', () => {
  const secret = made('elsewhere', 'part.json', 'swap.jsonl');
  expect(paths(made('within', 'kept/part.json', 'part.json@within/kept/part.json'))).toContain('0/part.json');
  const outside = { name: 'LinkOutside' };
  for (const folder of [
    made('file', 'part.json@elsewhere/part.json'),
    made('records', 'part.json', 'records@elsewhere'),
    made('analysis', 'part.json', 'lens@elsewhere'),
  ])
    expect(() => partFolders('parts', [folder])).toThrow(expect.objectContaining(outside));
  // The folder itself may be one: its user named it.
  symlinkSync(secret, join(top, 'named'));
  expect(paths(join(top, 'named'))).toEqual(['0/part.json']);
});

test('what is no folder, and what is no file, is refused by name', () => {
  const missing = { name: 'FolderNotFound' };
  expect(() => partFolders('parts', [join(top, 'nowhere')])).toThrow(expect.objectContaining(missing));
  mkdirSync(join(top, 'odd', 'part.json'), { recursive: true });
  expect(() => partFolders('parts', [join(top, 'odd')])).toThrow(
    expect.objectContaining({ name: 'NotAPart' }),
  );
  const other = made('other', 'x.json');
  expect(() => partFolders('parts', [other])).toThrow(expect.objectContaining({ name: 'NotAPart' }));
});
