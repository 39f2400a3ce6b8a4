import type { Draft, DraftOptions } from '../item.ts';
import { mentions } from '../language/phrases.ts';
import type { Random } from '../random/random.ts';
import { repeat } from '../random/repeat.ts';

/** The two kinds, by the names MathVista gives them. */
export type Category = 'general-vqa' | 'math-targeted-vqa';

/** A visual question as its maker leaves it. */
export type Question = Omit<Draft, 'meta' | 'content' | 'drawing'> &
  Required<Pick<Draft, 'content' | 'drawing'>> & {
    /** What kind of picture is asked about. */
    context: 'scene' | 'word' | 'clock' | 'bar chart' | 'line plot' | 'table' | 'geometry';
  };

export type Asker = (random: Random, options: DraftOptions) => Question | undefined;

/** Draws of one kind of question, so that none becomes rare because it often fails. */
const TRIES = 40;

/**
 * Asks until there is a question whose description does not, by accident or not, give the answer away.
 */
export function askUntil(
  random: Random,
  options: DraftOptions,
  ask: Asker,
  category: Category,
): Draft | undefined {
  return repeat(TRIES, () => {
    const asked = ask(random, options);
    if (!asked || mentions(asked.description, asked.answer)) return undefined;
    const { context, ...question } = asked;
    return { ...question, meta: { category, context } };
  });
}
