import type { Draft } from './item.ts';
import { mentions } from './language/phrases.ts';
import { isOutOfDomain } from './puzzles/families.ts';
import { contentHash } from './random/content-hash.ts';
import { randomFrom, type Random } from './random/random.ts';
import { itemNumber, splitOf, type Split } from './random/split.ts';
import type { Alignment } from './scene/alignment.ts';
import { TASKS, type TaskName } from './tasks.ts';

/** A finished item: a draft with its place in the stream. */
export interface Item extends Draft {
  id: string;
  task: TaskName;
  split: Split;
  /** 16 hexadecimal digits; equal for equal contents, over all tasks. */
  hash: string;
}

export interface ItemOptions {
  split: Split;
  /** From 0; the seed of the item. */
  index: number;
  /** One alignment, or the ends between which each item draws its own. */
  alignment: Alignment | readonly [Alignment, Alignment];
}

/** Draws until an item is given up; a held-out content comes up once in eight. */
const ATTEMPTS = 5_000;

/**
 * The item of a task at a place in a split. Equal arguments give equal items, everywhere. Out-of-domain puzzles are all
 * held out. Throws RangeError where they are asked for training.
 */
export function makeItem(task: TaskName, { split, index, alignment }: ItemOptions): Item {
  const alwaysAsked = isOutOfDomain(task);
  if (alwaysAsked && split === 'train') throw new RangeError(`${task} is out of domain: it is only asked`);
  const number = itemNumber(split, index);
  const draft = drawUntil(`${task} ${number}`, (random) => {
    const made = TASKS[task](random, { alignment: drawAlignment(random, alignment) });
    if (!made || mentions(made.description, made.answer)) return undefined;
    return alwaysAsked || splitOf(made.content) === split ? made : undefined;
  });
  return {
    ...draft,
    id: `${task}_${split}_${String(index).padStart(6, '0')}`,
    task,
    split,
    hash: contentHash(draft.content),
  };
}

/** The first of a row of draws that comes to something. Throws RangeError where none does. */
export function drawUntil<T>(seed: string, draw: (random: Random) => T | undefined): T {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const made = draw(randomFrom(`${seed} ${attempt}`));
    if (made !== undefined) return made;
  }
  throw new RangeError(`nothing drawn from "${seed}"`);
}

function drawAlignment(random: Random, alignment: ItemOptions['alignment']): Alignment {
  if (typeof alignment === 'number') return alignment;
  const [low, high] = alignment;
  return low + (high - low) * random.unit();
}
