import type { Drawing } from './drawing/drawing.ts';
import type { Random } from './random/random.ts';
import type { Alignment } from './scene/alignment.ts';

/** A value that JSON holds. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What an item asks and what is known of it, before it has a number. */
export interface Draft {
  /** What is shown or computed, in canonical form: its hash decides between training and evaluation. */
  content: string;
  /** Absent from text-only problems. */
  drawing?: Drawing;
  prompt: string;
  answer: string;
  /** What is visible, in words, as far as the question allows: never the answer. '' for text-only problems. */
  description: string;
  /** A short way to the answer, for supervised thinking. '' where looking is all. */
  rationale: string;
  /** From 1, the easiest. */
  level: number;
  questionType: string;
  choices?: readonly string[];
  /** The task's own facts: boxes, counts, states. */
  meta: { readonly [key: string]: Json };
}

/** How an item is drawn from the random stream. */
export interface DraftOptions {
  alignment: Alignment;
}

/**
 * One way of making items. Undefined: the draw came to nothing (no room, answer given away); the next one decides.
 */
export type Drafter = (random: Random, options: DraftOptions) => Draft | undefined;
