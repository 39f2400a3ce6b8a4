import { NamedError } from '../../named-error.ts';
import type { ItemSets } from './item-folder.ts';

const MOST_NAMED = 5;

/**
 * What a folder's questions are good for, in one sentence: how many there are of each set, and which categories puzzles have.
 * Said wherever own questions are asked, so that none is left out in silence.
 */
export function itemCounts({ general, mathTargeted, textOnly, puzzles }: ItemSets): string {
  const all = general.length + mathTargeted.length + textOnly.length + puzzles.length;
  const categories = [...new Set(puzzles.flatMap(({ category }) => category ?? []))];
  const named = categories.slice(0, MOST_NAMED).join(', ') + (categories.length > MOST_NAMED ? ', …' : '');
  const without = puzzles.filter(({ category }) => category === undefined).length;
  const described = puzzles.filter(({ description }) => description !== undefined).length;
  return (
    `${all} questions: ${general.length} of category general-vqa, ${mathTargeted.length} of math-targeted-vqa, ` +
    `${textOnly.length} without a picture, ${puzzles.length} with one of ${categories.length > 0 ? `other categories (${named})` : 'no other category'}` +
    (puzzles.length > 0 ? `, ${without} of them without a category, ${described} with a description` : '')
  );
}

/** Of questions none of which can be asked: says what they are, and what each would need. */
export function nothingToAsk(items: ItemSets, command: 'transfer' | 'disentangle'): NamedError {
  const remedy =
    command === 'transfer'
      ? 'M_vis asks pictures of category general-vqa, M_v2r of math-targeted-vqa, M_rea questions without a picture: add a column category, or name yours (--columns category=…)'
      : 'puzzles have a picture, a description and a category other than general-vqa and math-targeted-vqa: add them, or name their columns (--columns description=…,category=…)';
  return new NamedError('NoProblems', itemCounts(items), { field: '--items' }, remedy);
}
