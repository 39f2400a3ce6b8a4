import { describe, expect, it } from 'vitest';
import { words as gap } from '../../analyses/gap/words.mjs';
import { words as transfer } from '../../analyses/transfer/words.mjs';
import { countItems, itemCounts, nothingToAsk } from './item-counts.ts';
import { readItemFolder } from './testing/item-folder.ts';

const read = (rows: readonly object[]) =>
  readItemFolder(
    new Map([
      [
        'a.jsonl',
        new Blob([rows.map((row) => JSON.stringify({ question: 'q', answer: 'a', ...row })).join('\n')]),
      ],
      ['x.png', new Blob(['x'])],
    ]),
  );
const image = 'x.png';

describe('own questions', () => {
  it('are counted by what they are good for', async () => {
    const categories = ['a', 'b', 'c', 'd', 'e', 'f'].map((category) => ({
      image,
      category,
      description: 'd',
    }));
    const items = await read([{}, { image, category: 'general-vqa' }, { image }, ...categories]);
    expect(itemCounts(countItems(items))).toBe(
      '9 questions, 1 without a picture and 8 with: 1 of category general-vqa, 0 of math-targeted-vqa, ' +
        '7 others (of a, b, c, d, e, and 1 more categories, 1 without a category, 6 with a description)',
    );
  });

  it('none of which can be asked say what they lack', async () => {
    expect(nothingToAsk(await read([{ image }]), transfer.nothingToAsk)).toMatchObject({
      name: 'NoProblems',
      what: '1 question, 0 without a picture and 1 with: 0 of category general-vqa, 0 of math-targeted-vqa, 1 other (1 without a category, 0 with a description)',
      remedy: expect.stringContaining('column category') as string,
    });
    expect(nothingToAsk(await read([{}]), gap.nothingToAsk)).toMatchObject({
      what: '1 question, 1 without a picture and 0 with: 0 of category general-vqa, 0 of math-targeted-vqa, 0 others',
      remedy: expect.stringContaining('description') as string,
    });
  });
});
