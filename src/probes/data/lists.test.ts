import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readItemFolder } from '../../evaluation/samples/testing/item-folder.ts';
import { openPicture, picturesIn } from './picture.ts';
import { readProblems } from './testing/problem-file.ts';
import type { Problem } from './problem.ts';

/** Written, and read back by pyarrow, pandas, polars, DuckDB and Python's json and csv: `tools/goldens/lists.py`. */
const LISTS = fileURLToPath(new URL('testing/lists/', import.meta.url));

interface Expected {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  /** SHA-256 of each encoded file, in the order they are asked. */
  readonly pictures: readonly string[];
  readonly choices?: readonly string[];
  readonly around?: readonly string[];
}

const files = new Map<string, Blob>();
for (const entry of await readdir(LISTS, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile()) files.set(relative(LISTS, path), new Blob([await readFile(path)]));
}
const expected = JSON.parse(await (files.get('expected.json') as Blob).text()) as Record<string, Expected[]>;

async function held(problem: Problem): Promise<Expected> {
  const { id, question, answer, choices, around } = problem;
  const pictures: string[] = [];
  for (const picture of picturesIn(problem)) {
    const bytes = await (await openPicture(picture)).arrayBuffer();
    pictures.push(createHash('sha256').update(new Uint8Array(bytes)).digest('hex'));
  }
  return { id, question, answer, pictures, ...(choices ? { choices } : {}), ...(around ? { around } : {}) };
}

describe('a list as others write it holds what they read', () => {
  it.each(Object.keys(expected))('%s', async (path) => {
    const problems = await readProblems(path, files);
    expect(await Promise.all(problems.map(held))).toEqual(expected[path]);
  });

  it.each(Object.keys(expected))('%s, as a folder of questions for evaluation', async (path) => {
    const own = new Map([...files].filter(([name]) => name === path || name.startsWith('images/')));
    const { general, mathTargeted, textOnly, puzzles } = await readItemFolder(own);
    const rows = expected[path] ?? [];
    expect([general, mathTargeted]).toEqual([[], []]);
    expect(await Promise.all(puzzles.map(held))).toEqual(rows.filter(({ pictures }) => pictures.length > 0));
    expect(await Promise.all(textOnly.map(held))).toEqual(
      rows.filter(({ pictures }) => pictures.length === 0),
    );
  });
});
