import { NamedError } from '../../named-error.ts';
import type { ItemSets } from './item-sets.ts';

const MOST_NAMED = 5;

/** How many questions there are of each set, and what the others are. */
export interface ItemCounts {
  readonly general: number;
  readonly mathTargeted: number;
  readonly textOnly: number;
  readonly puzzles: number;
  /** Of the puzzles, in order. */
  readonly categories: readonly string[];
  readonly uncategorized: number;
  readonly described: number;
}

export function countItems({ general, mathTargeted, textOnly, puzzles }: ItemSets): ItemCounts {
  return {
    general: general.length,
    mathTargeted: mathTargeted.length,
    textOnly: textOnly.length,
    puzzles: puzzles.length,
    categories: [...new Set(puzzles.flatMap(({ category }) => category ?? []))],
    uncategorized: puzzles.filter(({ category }) => category === undefined).length,
    described: puzzles.filter(({ description }) => description !== undefined).length,
  };
}

/**
 * What a folder's questions are good for, in one sentence: how many there are of each set, and what the others are. Said
 * wherever own questions are asked, so that none is left out in silence.
 */
export function itemCounts(counts: ItemCounts): string {
  const { general, mathTargeted, textOnly, puzzles, categories, uncategorized, described } = counts;
  const pictured = general + mathTargeted + puzzles;
  const others = [
    ...(categories.length > 0 ? [`of ${categories.slice(0, MOST_NAMED).join(', ')}`] : []),
    ...(categories.length > MOST_NAMED ? [`and ${categories.length - MOST_NAMED} more categories`] : []),
    ...(uncategorized > 0 ? [`${uncategorized} without a category`] : []),
    ...(puzzles > 0 ? [`${described} with a description`] : []),
  ];
  const all = pictured + textOnly;
  return (
    `${all} ${all === 1 ? 'question' : 'questions'}, ${textOnly} without a picture and ${pictured} with: ` +
    `${general} of category general-vqa, ${mathTargeted} of math-targeted-vqa, ${puzzles} ${puzzles === 1 ? 'other' : 'others'}` +
    (others.length > 0 ? ` (${others.join(', ')})` : '')
  );
}

/** Of questions none of which can be asked: says what they are. @param remedy what those would need that can be */
export function nothingToAsk(items: ItemSets, remedy: string): NamedError {
  return new NamedError('NoProblems', itemCounts(countItems(items)), { field: '--items' }, remedy);
}
