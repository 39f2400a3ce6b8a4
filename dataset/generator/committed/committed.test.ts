import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CANVAS } from '../drawing/drawing.ts';
import { rasterise } from '../drawing/rasterise.ts';
import { mentions } from '../language/phrases.ts';
import { makeItem } from '../make-item.ts';
import { PAIR_TASKS } from '../pairs/pair.ts';
import { FAMILY_NAMES, isOutOfDomain, PUZZLE_FAMILIES } from '../puzzles/families.ts';
import { TASK_NAMES } from '../tasks.ts';
import { committedFiles } from './files.ts';

const DATA = join(import.meta.dirname, '../../data');

type Line = Record<string, unknown>;

function readLines(path: string): Line[] {
  const parse = (line: string): Line => JSON.parse(line);
  return readFileSync(join(DATA, path), 'utf8').trim().split('\n').map(parse);
}

const files = [...committedFiles()];

test('what is committed is what the generator writes: no more, no less, line by line', () => {
  const present = readdirSync(DATA, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(DATA.length + 1));
  expect(present.toSorted()).toEqual(files.map(({ path }) => path).toSorted());
  for (const file of files)
    if ('text' in file) expect(readFileSync(join(DATA, file.path), 'utf8')).toBe(file.text);
});

test('pictures hold the pixels the generator draws', () => {
  const drawn = files.flatMap((file) => ('drawing' in file ? [file] : []));
  for (const { path, drawing } of drawn.filter((_, i) => i % 25 === 0)) {
    const png = readFileSync(join(DATA, path));
    const chunk = (type: string): Buffer => {
      const at = png.indexOf(type, 8, 'latin1');
      return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
    };
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([CANVAS, CANVAS]);
    const palette = chunk('PLTE');
    const lines = inflateSync(chunk('IDAT'));
    const rgb = rasterise(drawing, CANVAS);
    const same = rgb.every((value, i) => {
      const pixel = Math.floor(i / 3);
      const index = lines[Math.floor(pixel / CANVAS) * (CANVAS + 1) + 1 + (pixel % CANVAS)] ?? 0;
      return palette[3 * index + (i % 3)] === value;
    });
    expect(same, path).toBe(true);
  }
});

test('the whole stays small', () => {
  const bytes = files.reduce((sum, { path }) => sum + readFileSync(join(DATA, path)).length, 0);
  expect(bytes).toBeLessThan(4_000_000);
});

/** The fields of a pair's meta in the published reference pairs, by task. */
const META: Record<(typeof PAIR_TASKS)[number], Record<string, unknown>> = {
  counting: {
    target_answer: expect.stringMatching(/^\d+$/),
    source_answer: expect.stringMatching(/^\d+$/),
    hf_dataset: null,
    hf_split: null,
    target_index: null,
    source_index: null,
  },
  ocr: { target_text: expect.any(String), source_text: expect.any(String), canvas_size: [384, 384] },
  grounding: {
    object_name: expect.stringMatching(/^\w+ \w+$/),
    target_bbox_xyxy: [0, 0, 0, 0].map(() => expect.any(Number)),
    source_bbox_xyxy: [0, 0, 0, 0].map(() => expect.any(Number)),
    canvas_size: [384, 384],
    iou_threshold: 0.5,
  },
  recognition: {
    category_id: expect.any(Number),
    category_name: expect.any(String),
    target_answer: 'Yes',
    source_answer: 'No',
    hf_dataset: null,
    hf_split: null,
    hf_index: null,
    canvas_size: [384, 384],
  },
};

const PROMPTS: Record<(typeof PAIR_TASKS)[number], RegExp> = {
  counting: /^How many items are there in the image\?$/,
  ocr: /^Read the text in the image\. Answer with the exact word only\.$/,
  grounding: /^Locate the object: \w+ \w+\. Return bounding box as x1,y1,x2,y2\.$/,
  recognition: /^Is there an? [\w ]+ in the image\? Answer Yes or No only\.$/,
};

describe.each([
  ['pairs', '', 100],
  ['minimal-pairs', 'minimal_', 25],
] as const)('%s', (folder, prefix, count) => {
  test.each(PAIR_TASKS)('%s has the layout of the reference pairs', (task) => {
    const lines = readLines(`${folder}/${task}/data.jsonl`);
    expect(lines).toHaveLength(count);
    lines.forEach((line, i) => {
      const id = `${prefix}${task}_${String(i).padStart(6, '0')}`;
      expect(Object.keys(line)).toEqual(['id', 'task', 'target_image', 'source_image', 'prompt', 'meta']);
      expect(line).toMatchObject({
        id,
        task,
        target_image: `images/${id}_t.png`,
        source_image: `images/${id}_s.png`,
        prompt: expect.stringMatching(PROMPTS[task]),
        meta: META[task],
      });
      const meta: Line = Object(line.meta);
      expect(meta.target_hash).not.toBe(meta.source_hash);
      const [target, source] = ['answer', 'text', 'bbox_xyxy'].flatMap((name) =>
        meta[`target_${name}`] === undefined ? [] : [meta[`target_${name}`], meta[`source_${name}`]],
      );
      expect(target).not.toEqual(source);
    });
  });
});

describe('items', () => {
  test('problems are questions with answers', () => {
    const lines = readLines('items/problems.jsonl');
    expect(lines).toHaveLength(300);
    for (const line of lines)
      expect(line).toMatchObject({
        id: expect.any(String),
        question: expect.any(String),
        answer: expect.stringMatching(/^\d+$/),
        level: expect.any(Number),
      });
  });

  test.each(['general-vqa', 'math-targeted-vqa'])('%s are visual questions', (category) => {
    const lines = readLines(`items/${category}.jsonl`);
    expect(lines).toHaveLength(100);
    for (const line of lines)
      expect(line).toMatchObject({
        id: expect.any(String),
        image: `images/${String(line.id)}.png`,
        question: expect.any(String),
        answer: expect.any(String),
        question_type: expect.any(String),
        description: expect.stringMatching(/./),
        category,
      });
  });

  test('puzzles carry states that their answers solve', () => {
    const lines = readLines('items/puzzles.jsonl');
    for (const family of FAMILY_NAMES) {
      const ofFamily = lines.filter(({ category }) => category === family);
      expect(ofFamily).toHaveLength(25);
      for (const { state, answer, domain } of ofFamily) {
        expect(domain).toBe(isOutOfDomain(family) ? 'out-of-domain' : 'in-domain');
        expect(PUZZLE_FAMILIES[family].verify(JSON.parse(JSON.stringify(state)), String(answer))).toBe(true);
      }
    }
  });
});

test.each(['general-vqa', 'math-targeted-vqa', 'puzzles'])('no description in %s says the answer', (name) => {
  for (const { id, description, answer } of readLines(`items/${name}.jsonl`)) {
    expect(description, String(id)).toMatch(/./);
    expect(mentions(String(description), String(answer)), String(id)).toBe(false);
  }
});

test('nothing committed occurs in training', () => {
  const committed = new Set(
    files
      .flatMap((file) => ('text' in file ? [file.text] : []))
      .flatMap((text) => text.match(/(?<=hash":")[0-9a-f]{16}/g) ?? []),
  );
  expect(committed.size).toBeGreaterThan(1200);
  for (const task of TASK_NAMES.filter((name) => !isOutOfDomain(name)))
    for (let index = 0; index < 500; index++)
      expect(committed.has(makeItem(task, { split: 'train', index, alignment: 0.5 }).hash)).toBe(false);
});
