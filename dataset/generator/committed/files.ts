import type { Drawing } from '../drawing/drawing.ts';
import type { Json } from '../item.ts';
import { makeItem, type Item } from '../make-item.ts';
import { ANY_TWO } from '../pairs/any-two.ts';
import { ONE_DIFFERENCE } from '../pairs/one-difference.ts';
import { makePair, PAIR_TASKS, type PairKind } from '../pairs/pair.ts';
import { FAMILY_NAMES } from '../puzzles/families.ts';
import type { Alignment } from '../scene/alignment.ts';
import type { TaskName } from '../tasks.ts';
import { pairRecord, problemRecord, puzzleRecord, questionRecord } from './records.ts';

/** A file of the committed sets, before it is encoded. */
export type OutputFile = { path: string; text: string } | { path: string; drawing: Drawing };

/** Half way to the grid: the demo models read it, and nothing sits exactly on it. */
export const COMMITTED_ALIGNMENT: Alignment = 0.5;

/** The folders of the sets, below `dataset/data/`. */
export const COMMITTED_FOLDERS = ['pairs', 'minimal-pairs', 'items'] as const;

const SEED = 0;
const PAIRS_PER_TASK = 100;
const MINIMAL_PAIRS_PER_TASK = 25;
const PROBLEMS = 300;
const QUESTIONS = 100;
const PUZZLES_PER_FAMILY = 25;

/** Everything that lies in `dataset/data/`, the same at every run. */
export function* committedFiles(): Generator<OutputFile> {
  yield* pairFolder('pairs', ANY_TWO, PAIRS_PER_TASK);
  yield* pairFolder('minimal-pairs', ONE_DIFFERENCE, MINIMAL_PAIRS_PER_TASK);
  yield* itemFile('problems', held('problems', PROBLEMS), problemRecord);
  yield* itemFile('general-vqa', held('general-vqa', QUESTIONS), questionRecord);
  yield* itemFile('math-targeted-vqa', held('math-targeted-vqa', QUESTIONS), questionRecord);
  const puzzles = FAMILY_NAMES.flatMap((family) => held(family, PUZZLES_PER_FAMILY));
  yield* itemFile('puzzles', puzzles, puzzleRecord);
}

/** `<folder>/<task>/data.jsonl` and the pictures it names, the layout of the reference pairs. */
function* pairFolder(
  folder: (typeof COMMITTED_FOLDERS)[number],
  kind: PairKind,
  count: number,
): Generator<OutputFile> {
  for (const task of PAIR_TASKS) {
    const pairs = Array.from({ length: count }, (_, index) =>
      makePair(kind, task, { seed: SEED, index, alignment: COMMITTED_ALIGNMENT }),
    );
    yield { path: `${folder}/${task}/data.jsonl`, text: jsonLines(pairs.map(pairRecord)) };
    for (const pair of pairs) {
      const record = pairRecord(pair);
      for (const side of ['target', 'source'] as const) {
        const { drawing } = pair[side];
        if (drawing) yield { path: `${folder}/${task}/${record[`${side}_image`]}`, drawing };
      }
    }
  }
}

/** Held-out items, each content once. */
function held(task: TaskName, count: number): Item[] {
  const items = new Map<string, Item>();
  // A small family runs out of contents; then it shows some twice, with other questions.
  for (let index = 0; items.size < count; index++) {
    const item = makeItem(task, { split: 'eval', index, alignment: COMMITTED_ALIGNMENT });
    const key = index < 20 * count ? item.hash : item.id;
    if (!items.has(key)) items.set(key, item);
  }
  return [...items.values()];
}

/** `items/<name>.jsonl` and the pictures it names. */
function* itemFile(
  name: string,
  items: readonly Item[],
  record: (item: Item) => { [key: string]: Json },
): Generator<OutputFile> {
  yield { path: `items/${name}.jsonl`, text: jsonLines(items.map(record)) };
  for (const { id, drawing } of items) if (drawing) yield { path: `items/images/${id}.png`, drawing };
}

function jsonLines(records: readonly Json[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
