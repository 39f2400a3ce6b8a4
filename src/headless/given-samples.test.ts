import { expect, test } from 'vitest';
import { readFlags } from '../../scripts/flags.mjs';
import { declaration } from '../analyses/lens/declaration.mjs';
import type { CommandContext } from './context.ts';
import { FlagReader } from './flag-reader.ts';
import { givenQuestions } from './given-samples.ts';
import { table } from './testing/identity-stage.ts';

const picture = new File(['picture'], 'a.png');
const other = new File(['other'], 'b.png');

function given(words: readonly string[], images: readonly File[] = []) {
  const read = readFlags(table('lens'), ['--model', 'm', ...words]);
  const context = {
    flags: new FlagReader(read as ConstructorParameters<typeof FlagReader>[0]),
    inputs: {
      one: (flag: string) =>
        words.includes(`--${flag}`) ? { name: 'd', files: new Map<string, File>() } : undefined,
      list: () => images,
    },
  };
  return givenQuestions(context as unknown as CommandContext, declaration);
}

test('one question is asked with its pictures, in their order', async () => {
  const { source } = await given(['--prompt', 'Which is it?', '--image', 'a.png'], [picture, other]);
  expect(source.count).toBe(1);
  expect(await source.at([0])).toEqual([
    { id: 'prompt', question: 'Which is it?', answer: '', image: picture, moreImages: [other] },
  ]);
});

test('a question without a picture has none', async () => {
  const [asked] = await (await given(['--prompt', 'Why?'])).source.at([0]);
  expect(asked).toEqual({ id: 'prompt', question: 'Why?', answer: '' });
});

test.each([
  ['neither --prompt nor --items is given', [], []],
  ['both --prompt and --items is given', ['--prompt', 'Why?', '--items', 'd'], []],
  ['--image is given without --prompt', ['--items', 'd', '--image', 'a.png'], [picture]],
])('%s: an error', async (message, words, images) => {
  await expect(given(words, images)).rejects.toMatchObject({ name: 'MissingFlag', what: message });
});
