import { NamedError } from '../../named-error.ts';
import type { ItemSets } from './item-folder.ts';

const MOST_NAMED = 5;

/**
 * What a folder's questions are good for, in one sentence: how many there are of each set, and what the others are. Said
 * wherever own questions are asked, so that none is left out in silence.
 */
export function itemCounts({ general, mathTargeted, textOnly, puzzles }: ItemSets): string {
  const pictured = general.length + mathTargeted.length + puzzles.length;
  const categories = [...new Set(puzzles.flatMap(({ category }) => category ?? []))];
  const without = puzzles.filter(({ category }) => category === undefined).length;
  const others = [
    ...(categories.length > 0 ? [`of ${categories.slice(0, MOST_NAMED).join(', ')}`] : []),
    ...(categories.length > MOST_NAMED ? [`and ${categories.length - MOST_NAMED} more categories`] : []),
    ...(without > 0 ? [`${without} without a category`] : []),
    ...(puzzles.length > 0
      ? [`${puzzles.filter(({ description }) => description !== undefined).length} with a description`]
      : []),
  ];
  const all = pictured + textOnly.length;
  return (
    `${all} ${all === 1 ? 'question' : 'questions'}, ${textOnly.length} without a picture and ${pictured} with: ` +
    `${general.length} of category general-vqa, ${mathTargeted.length} of math-targeted-vqa, ${puzzles.length} ${puzzles.length === 1 ? 'other' : 'others'}` +
    (others.length > 0 ? ` (${others.join(', ')})` : '')
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
