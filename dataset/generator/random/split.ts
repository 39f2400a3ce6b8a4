import { hashWords } from './content-hash.ts';

/** What models learn from, and what they are asked afterwards. */
export type Split = 'train' | 'eval';

export const SPLITS: readonly Split[] = ['train', 'eval'];

/** One content in so many is kept for evaluation. */
const HELD_OUT = 8;

/**
 * The side a content belongs to. The content itself decides, so nothing held out can be met in training, whatever the
 * seed, the task or the placement.
 */
export function splitOf(content: string): Split {
  return hashWords(content)[2] % HELD_OUT === 0 ? 'eval' : 'train';
}

/** The numbers of the items of each split; they share none, so that no two streams draw from one seed. */
const FIRST_NUMBER: Record<Split, number> = { eval: 0, train: 1_000_000_000 };

/** The number of a split's item, counted from 0. */
export function itemNumber(split: Split, index: number): number {
  if (!Number.isSafeInteger(index) || index < 0 || (split === 'eval' && index >= FIRST_NUMBER.train))
    throw new RangeError(`no item ${index} in ${split}`);
  return FIRST_NUMBER[split] + index;
}
