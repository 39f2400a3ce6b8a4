/** New samples, drawn in the page (or in Node) by the generator that made the committed ones. */
import { COMMITTED_ALIGNMENT } from '../../dataset/generator/committed/files.ts';
import { CANVAS, type Drawing } from '../../dataset/generator/drawing/drawing.ts';
import { encodePng } from '../../dataset/generator/drawing/png.ts';
import { rasterise } from '../../dataset/generator/drawing/rasterise.ts';
import type { Draft } from '../../dataset/generator/item.ts';
import { makeItem } from '../../dataset/generator/make-item.ts';
import { ANY_TWO } from '../../dataset/generator/pairs/any-two.ts';
import { ONE_DIFFERENCE } from '../../dataset/generator/pairs/one-difference.ts';
import { makePair, PAIR_TASKS, type PairTask } from '../../dataset/generator/pairs/pair.ts';
import { FAMILY_NAMES } from '../../dataset/generator/puzzles/families.ts';
import type { TaskName } from '../../dataset/generator/tasks.ts';
import type { Sample, SampleSet } from './samples.ts';

/** What a set can be drawn of. */
export const DRAWN_FAMILIES = {
  pairs: PAIR_TASKS,
  'minimal-pairs': PAIR_TASKS,
  puzzles: FAMILY_NAMES,
  problems: ['problems'],
  'general-vqa': ['general-vqa'],
  'math-targeted-vqa': ['math-targeted-vqa'],
} as const satisfies Record<SampleSet, readonly string[]>;

/** Items of one seed; the items of the next begin behind them. */
const ITEMS_PER_SEED = 1000;

export interface DrawOptions {
  readonly set: SampleSet;
  /** One of the set's families; null takes them in turn. */
  readonly family: string | null;
  /** From 0. Equal seeds give equal samples, everywhere. Items of seed 0 begin with the committed ones. */
  readonly seed: number;
  /** At most 1000. */
  readonly count: number;
  readonly signal?: AbortSignal;
}

/** Draws held-out samples one by one, letting waiting events in between two. Ends early where `signal` aborts. */
export async function* drawSamples({
  set,
  family,
  seed,
  count,
  signal,
}: DrawOptions): AsyncGenerator<Sample> {
  const families: readonly string[] = DRAWN_FAMILIES[set];
  const chosen = families.filter((name) => family === null || name === family);
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) return;
    const name = chosen[i % chosen.length];
    const place = Math.floor(i / chosen.length);
    if (set === 'pairs' || set === 'minimal-pairs') yield await drawnPair(set, name as PairTask, seed, place);
    else yield await drawnItem(name as TaskName, seed * ITEMS_PER_SEED + place, set);
  }
}

async function drawnPair(
  set: 'pairs' | 'minimal-pairs',
  task: PairTask,
  seed: number,
  index: number,
): Promise<Sample> {
  const kind = set === 'pairs' ? ANY_TWO : ONE_DIFFERENCE;
  const pair = makePair(kind, task, { seed, index, alignment: COMMITTED_ALIGNMENT });
  return {
    ...{ id: `${pair.id} of seed ${seed}`, family: task, prompt: pair.prompt, answer: pair.target.answer },
    image: await picture(pair.target),
    source: { image: (await picture(pair.source)) ?? new Blob(), answer: pair.source.answer },
    ...{ description: pair.target.description, rationale: '', level: null },
  };
}

async function drawnItem(task: TaskName, index: number, set: SampleSet): Promise<Sample> {
  const item = makeItem(task, { split: 'eval', index, alignment: COMMITTED_ALIGNMENT });
  const { id, prompt, answer, description, rationale, level, questionType } = item;
  const family = set === 'puzzles' ? task : questionType;
  return {
    id,
    family,
    prompt,
    answer,
    image: await picture(item),
    source: null,
    description,
    rationale,
    level,
  };
}

async function picture({ drawing }: Draft): Promise<Blob | null> {
  return drawing ? drawingPng(drawing) : null;
}

/** A drawing at 384×384 as the committed sets have it. */
export async function drawingPng(drawing: Drawing): Promise<Blob> {
  return new Blob([await encodePng(rasterise(drawing, CANVAS), CANVAS, deflate)], { type: 'image/png' });
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
