import { CANVAS } from '../drawing/drawing.ts';
import type { Draft, Json } from '../item.ts';
import { drawUntil } from '../make-item.ts';
import { contentHash } from '../random/content-hash.ts';
import type { Random } from '../random/random.ts';
import { splitOf } from '../random/split.ts';
import type { Alignment } from '../scene/alignment.ts';

/** The tasks a visual token swap is measured on. */
export const PAIR_TASKS = ['counting', 'ocr', 'grounding', 'recognition'] as const;

export type PairTask = (typeof PAIR_TASKS)[number];

/** Two pictures under one prompt. */
export interface Pair {
  id: string;
  task: PairTask;
  prompt: string;
  target: Draft;
  source: Draft;
  meta: { readonly [key: string]: Json };
}

/** What a maker of pairs draws: the two sides, and what the task's meta says of them. */
export interface PairDraft {
  target: Draft;
  source: Draft;
  meta: { readonly [key: string]: Json };
}

export type PairDrafter = (random: Random, alignment: Alignment) => PairDraft | undefined;

/** A kind of pairs: any two of a task, or two that differ in one thing. */
export interface PairKind {
  /** Before the task's name in ids; '' or ends in "_". */
  prefix: string;
  drafters: Readonly<Record<PairTask, PairDrafter>>;
}

/**
 * A pair of a kind, by its place (from 0) in the set of a seed. Both pictures are held out from training.
 */
export function makePair(
  { prefix, drafters }: PairKind,
  task: PairTask,
  { seed, index, alignment }: { seed: number; index: number; alignment: Alignment },
): Pair {
  const { target, source, meta } = drawUntil(`pair ${prefix}${task} ${seed} ${index}`, (random) => {
    const pair = drafters[task](random, alignment);
    return pair && [pair.target, pair.source].every(({ content }) => splitOf(content) === 'eval')
      ? pair
      : undefined;
  });
  return {
    id: `${prefix}${task}_${String(index).padStart(6, '0')}`,
    task,
    prompt: target.prompt,
    target,
    source,
    meta: {
      ...meta,
      canvas_size: [CANVAS, CANVAS],
      seed,
      target_hash: contentHash(target.content),
      source_hash: contentHash(source.content),
    },
  };
}
