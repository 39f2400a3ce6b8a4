/** Sets are told apart by all they ask, state and show, and by nothing else. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import type { WorkProgress } from '../work/long-work.ts';
import { samplesFingerprint } from './samples-fingerprint.ts';
import { readPairFolder } from '../probes/data/pair-folder.ts';
import type { Pair } from '../probes/data/pair.ts';
import { Base64Picture } from '../probes/data/picture.ts';
import { pictureHash } from '../probes/data/picture-hash.ts';
import { readProblems } from '../probes/data/testing/problem-file.ts';
import type { Problem } from '../probes/data/problem.ts';

/** As large as any other; one byte is its own. */
const picture = (mark: number): Blob => new Blob([new Uint8Array(5000).fill(1), new Uint8Array([mark])]);
const print = (...samples: readonly (Pair | Problem)[]) => samplesFingerprint(samples);

const PAIR: Pair = {
  ...{ id: 'own', task: 'ocr', prompt: 'What?', targetAnswer: 'a', sourceAnswer: 'b' },
  ...{ target: picture(1), source: picture(2), iouThreshold: 0.5 },
};
const PROBLEM: Problem = {
  ...{ id: '1', question: 'Is it  ?', answer: 'yes', choices: ['yes', 'no'] },
  ...{ image: picture(1), moreImages: [picture(2)], around: ['Is it ', ' ', '?'] },
};

describe('a pair', () => {
  const flips: readonly (readonly [string, Partial<Pair>])[] = [
    ['id', { id: 'other' }],
    ['task', { task: 'grounding' }],
    ['prompt', { prompt: 'What ?' }],
    ['targetAnswer', { targetAnswer: 'c' }],
    ['sourceAnswer', { sourceAnswer: '' }],
    ['target, in one byte', { target: picture(9) }],
    ['source, in one byte', { source: picture(9) }],
    ['iouThreshold', { iouThreshold: 0.3 }],
    ['pictures, exchanged', { target: PAIR.source, source: PAIR.target }],
  ];
  test.each(flips)('is another with another %s', async (_, flip) => {
    expect(await print({ ...PAIR, ...flip })).not.toBe(await print(PAIR));
  });

  test('has no flip left out', () => {
    const flipped = new Set(flips.flatMap(([, flip]) => Object.keys(flip)));
    expect([...flipped].sort()).toEqual(Object.keys(PAIR).sort());
  });

  test('is the same of files with another name and date', async () => {
    const target = new File([PAIR.target], 'other.png', { lastModified: 1, type: 'image/png' });
    expect(await print({ ...PAIR, target })).toBe(await print(PAIR));
  });
});

describe('a problem', () => {
  const flips: readonly (readonly [string, Partial<Problem>])[] = [
    ['id', { id: '2' }],
    ['question', { question: 'Is it   ?' }],
    ['answer', { answer: 'no' }],
    ['choices', { choices: ['no', 'yes'] }],
    ['image, in one byte', { image: picture(9) }],
    ['moreImages, in one byte', { moreImages: [picture(9)] }],
    ['pictures, one less', { moreImages: [] }],
    ['places of its pictures', { around: ['Is it', '  ', '?'] }],
  ];
  test.each(flips)('is another with another %s', async (_, flip) => {
    expect(await print({ ...PROBLEM, ...flip })).not.toBe(await print(PROBLEM));
  });

  test('has no flip left out', () => {
    const flipped = new Set(flips.flatMap(([, flip]) => Object.keys(flip)));
    expect([...flipped].sort()).toEqual(Object.keys(PROBLEM).sort());
  });
});

test('what is one sample here and two there is told apart, and so is their order', async () => {
  const [a, b] = [
    { id: 'a', question: 'x', answer: '' },
    { id: 'b', question: 'y', answer: '' },
  ];
  const prints = [await print(a, b), await print(b, a), await print(a), await print(a, a), await print()];
  expect(new Set(prints).size).toBe(5);
});

test('pair folders: another picture of as many bytes is another set; the order of files is none', async () => {
  const meta = { target_text: 'a', source_text: 'b', iou_threshold: 0.5 };
  const row = { id: '1', task: 'ocr', prompt: 'What?', target_image: 'a.png', source_image: 'b.png', meta };
  const folder = (mark: number, reversed = false): ReadonlyMap<string, Blob> => {
    const files: [string, Blob][] = [
      ['ocr/data.jsonl', new Blob([JSON.stringify(row)])],
      ['ocr/a.png', picture(mark)],
      ['ocr/b.png', picture(2)],
    ];
    return new Map(reversed ? files.reverse() : files);
  };
  const printOf = async (files: ReadonlyMap<string, Blob>) => print(...(await readPairFolder(files)).pairs);
  expect(await printOf(folder(1, true))).toBe(await printOf(folder(1)));
  expect(await printOf(folder(3))).not.toBe(await printOf(folder(1)));
});

test('pictures within Parquet and base64 are told apart by their bytes', async () => {
  const bytes = await readFile(new URL('../probes/data/testing/lists/mmmu.parquet', import.meta.url));
  const problems = await readProblems('mmmu.parquet', new Map([['mmmu.parquet', new Blob([bytes])]]));
  const shown = problems.find(({ image }) => image instanceof Blob) as Problem & { readonly image: Blob };
  const changed = new Uint8Array(await shown.image.arrayBuffer());
  const before = await print(shown);
  expect(await print({ ...shown, image: new Blob([changed]) })).toBe(before);
  changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
  expect(await print({ ...shown, image: new Blob([changed]) })).not.toBe(before);

  const place = { file: 'list.tsv', field: 'image' };
  const stored = (text: string) => new Base64Picture(btoa(text), place);
  expect(await pictureHash(stored('cat'))).not.toBe(await pictureHash(stored('cow')));
  expect(await pictureHash(stored('cat'))).toBe(await pictureHash(new Blob(['cat'])));
  await expect(pictureHash(new Base64Picture('*', place))).rejects.toMatchObject({ name: 'BadPicture' });
});

test('a large picture is read in parts, and every part counts', async () => {
  const large = (at: number): Blob => {
    const bytes = new Uint8Array(2 ** 25 + 5);
    bytes[at] = 1;
    return new Blob([bytes]);
  };
  const places = [0, 2 ** 24 - 1, 2 ** 24, 2 ** 25, 2 ** 25 + 4];
  const hashes = await Promise.all(places.map((at) => pictureHash(large(at))));
  expect(new Set(hashes).size).toBe(places.length);
});

test('a picture is read once for as long as it is held, with word of how far that is', async () => {
  const problems = Array.from({ length: 20 }, (_, at) => ({
    ...PROBLEM,
    id: String(at),
    image: picture(at),
  }));
  const read = vi.spyOn(Blob.prototype, 'arrayBuffer');
  const told: WorkProgress[] = [];
  const first = await samplesFingerprint(problems, { onProgress: (progress) => told.push(progress) });
  const reads = read.mock.calls.length;
  expect(reads).toBeGreaterThan(0);
  expect(await samplesFingerprint(problems)).toBe(first);
  expect(read.mock.calls.length).toBe(reads);
  read.mockRestore();
  expect(told.at(-1)).toEqual({ phase: 'reading pictures', done: 20, total: 20, unit: 'samples' });
});

test('a cancelled reading ends', async () => {
  const signal = AbortSignal.abort();
  await expect(samplesFingerprint([PROBLEM], { signal })).rejects.toMatchObject({ name: 'Cancelled' });
});

test('a picture that is gone is named, and read anew when it is asked for again', async () => {
  const gone = new File(['x'], 'cat.png');
  const read = vi
    .spyOn(gone, 'arrayBuffer')
    .mockRejectedValueOnce(new DOMException('gone', 'NotReadableError'));
  await expect(pictureHash(gone)).rejects.toMatchObject({
    ...{ name: 'FileUnreadable', place: { file: 'cat.png' } },
    remedy: expect.stringContaining('choose the folder again') as string,
  });
  read.mockRestore();
  expect(await pictureHash(gone)).toBe(await pictureHash(new Blob(['x'])));
});
