import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { archive } from '../../scripts/vite/data-sets.mjs';
import { FAMILY_NAMES, PUZZLE_FAMILIES } from '../../dataset/generator/puzzles/families.ts';
import { imageDimensions } from '../image/dimensions.ts';
import { TASKS } from '../probes/task.ts';
import { readSetArchive } from './set-archive.ts';
import { loadPairs, loadProblems, loadPuzzles, loadQuestions } from './sets.ts';
import { setFromDisk } from './testing/sets-from-disk.ts';

const DATA = new URL('../../dataset/data/', import.meta.url);
const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

describe.each(['pairs', 'minimal-pairs'] as const)('%s', (set) => {
  test.each(TASKS)('%s: every pair has its two pictures and answers', async (task) => {
    const pairs = await loadPairs(task, { set, read: setFromDisk });
    expect(pairs).toHaveLength(set === 'pairs' ? 100 : 25);
    const prefix = set === 'pairs' ? '' : 'minimal_';
    for (const [i, pair] of pairs.entries()) {
      expect(pair).toMatchObject({ id: `${prefix}${task}_${String(i).padStart(6, '0')}`, task });
      expect(pair.targetAnswer).not.toBe('');
      expect(pair.targetAnswer).not.toBe(pair.sourceAnswer);
    }
    const first = pairs[0];
    const file = new URL(`${set}/${task}/images/${first?.id}_t.png`, DATA);
    expect(await bytesOf(first?.target ?? new Blob())).toEqual(new Uint8Array(await readFile(file)));
    expect(imageDimensions(await bytesOf(first?.source ?? new Blob()))).toEqual({ width: 384, height: 384 });
  });
});

test('problems carry what grading needs', async () => {
  const problems = await loadProblems(setFromDisk);
  expect(problems).toHaveLength(300);
  for (const problem of problems) {
    expect(problem.answer).toMatch(/^\d+$/);
    expect(problem.level).toBeGreaterThan(0);
    expect(problem.image).toBeUndefined();
  }
});

test.each(['general-vqa', 'math-targeted-vqa'] as const)('%s has images and descriptions', async (kind) => {
  const questions = await loadQuestions(kind, setFromDisk);
  expect(questions).toHaveLength(100);
  for (const { image, description, category, context } of questions) {
    expect(image.type).toBe('image/png');
    expect(description).not.toBe('');
    expect([category, context === '']).toEqual([kind, false]);
  }
});

test('puzzles come by family, and their answers pass their verifiers', async () => {
  for (const family of FAMILY_NAMES) {
    const puzzles = await loadPuzzles(family, setFromDisk);
    expect(puzzles).toHaveLength(25);
    for (const { category, state, answer } of puzzles)
      expect(PUZZLE_FAMILIES[category].verify(state, answer)).toBe(true);
  }
  expect(await loadPuzzles(undefined, setFromDisk)).toHaveLength(200);
});

test('what is no archive, or not whole, is named', async () => {
  const page = new Blob(['<!doctype html>'.padEnd(2000)]);
  await expect(readSetArchive(page, 'data/items.zip')).rejects.toMatchObject({
    name: 'DamagedArchive',
    what: 'its 2000 bytes are not a whole ZIP archive (invalid zip data)',
    place: { file: 'data/items.zip' },
  });
  const whole = new Blob([Uint8Array.from(archive(['pairs/ocr']))]);
  for (const length of [0, 10, 21, 512, whole.size / 2, whole.size - 22, whole.size - 1])
    await expect(readSetArchive(whole.slice(0, length), 'x'), `${length} bytes`).rejects.toMatchObject({
      name: 'DamagedArchive',
    });
});

test('an archive has the same bytes in every time zone', () => {
  const { TZ } = process.env;
  const made = ['Pacific/Kiritimati', 'America/St_Johns'].map((zone) => {
    process.env['TZ'] = zone;
    return archive(['minimal-pairs/ocr']);
  });
  if (TZ === undefined) delete process.env['TZ'];
  else process.env['TZ'] = TZ;
  expect(made[0]).toEqual(made[1]);
});
