import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { rasterise, rasteriseThenResize } from '../generator/drawing/rasterise.ts';
import { makeItem } from '../generator/make-item.ts';
import { SIGHT_CELLS, SIGHT_FIELDS, sights } from '../generator/scene/sights.ts';
import { readOrder } from './flags.ts';
import { npyHeader } from './npy.ts';
import { writeStream } from './stream.ts';

const folder = mkdtempSync(join(tmpdir(), 'dataset-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function stream(name: string, flags: string): Promise<void> {
  const order = readOrder([...flags.split(' '), '--out', join(folder, name)]);
  if (order.kind !== 'stream') throw new Error('no stream ordered');
  return writeStream(order);
}

test('the header of a NumPy file is what NumPy writes', () => {
  const text = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4), }";
  const bytes = npyHeader([3, 4]);
  expect(bytes.length % 64).toBe(0);
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  expect(new DataView(bytes.buffer).getUint16(8, true)).toBe(bytes.length - 10);
  expect(new TextDecoder().decode(bytes.subarray(10))).toBe(text.padEnd(bytes.length - 11) + '\n');
});

test.each(['direct', 'canvas'])('a stream is the items and their pixels, in order (%s)', async (through) => {
  await stream(
    through,
    `--task recognition --count 5 --seed 7 --size 56 --alignment 0..1 --through ${through}`,
  );
  const lines = readFileSync(join(folder, through, 'items.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const images = readFileSync(join(folder, through, 'images.npy'));
  const cells = readFileSync(join(folder, through, 'sights.npy'));
  const cellsHeader = npyHeader([5, SIGHT_CELLS, SIGHT_FIELDS.length]).length;
  const cellBytes = SIGHT_CELLS * SIGHT_FIELDS.length;
  expect(cells.length).toBe(cellsHeader + 5 * cellBytes);
  expect(lines).toHaveLength(5);
  const header = npyHeader([5, 56, 56, 3]).length;
  expect(images.length).toBe(header + 5 * 56 * 56 * 3);
  const render = through === 'direct' ? rasterise : rasteriseThenResize;
  lines.forEach((line, i) => {
    const item = makeItem('recognition', { split: 'train', index: 7 + i, alignment: [0, 1] });
    expect(JSON.parse(line)).toMatchObject({
      id: item.id,
      prompt: item.prompt,
      answer: item.answer,
      hash: item.hash,
    });
    const pixels = images.subarray(header + i * 56 * 56 * 3, header + (i + 1) * 56 * 56 * 3);
    expect(item.drawing && Buffer.compare(pixels, render(item.drawing, 56))).toBe(0);
    const seen = cells.subarray(cellsHeader + i * cellBytes, cellsHeader + (i + 1) * cellBytes);
    expect(item.drawing && Buffer.compare(seen, sights(item.drawing))).toBe(0);
  });
});

test('text-only tasks write no pictures', async () => {
  await stream('text', '--task problems --count 3');
  expect(existsSync(join(folder, 'text', 'images.npy'))).toBe(false);
  expect(JSON.parse(readFileSync(join(folder, 'text', 'stream.json'), 'utf8'))).toMatchObject({
    task: 'problems',
    split: 'train',
    count: 3,
    seed: 0,
  });
});

test.each([
  ['--task nothing', '--task'],
  ['--task maze --split test', '--split'],
  ['--task maze --count 0', '--count'],
  ['--task maze --alignment 0.5..2', '--alignment'],
  ['--task maze --alignment 1..0', '--alignment'],
  ['--task water_jugs --split train', '--split'],
  ['--tusk maze', '--tusk'],
])('"%s" is refused by name', (flags, place) => {
  expect(() => readOrder([...flags.split(' '), '--out', 'x'])).toThrow(
    expect.objectContaining({ name: 'BadFlag', message: expect.stringContaining(place) }),
  );
});

test('without a task the committed sets are ordered', () => {
  expect(readOrder([])).toEqual({ kind: 'committed', out: undefined });
});
