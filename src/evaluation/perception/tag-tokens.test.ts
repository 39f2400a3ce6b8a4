import { expect, it } from 'vitest';
import type { GradedAnswer } from '../tables/graded.ts';
import { tokensWithinTags } from './tag-tokens.ts';

it('averages over the responses that have a tag, and asks for every text once', async () => {
  const responses = [
    '<think>one two <visual>a b c</visual></think><answer>4</answer>',
    '<think>one two three four</think><answer>4</answer>',
    'no tags',
  ];
  const graded = responses.map((response) => ({ response }) as GradedAnswer);
  const asked: string[] = [];
  const found = await tokensWithinTags(graded, (texts) => {
    asked.push(...texts);
    return Promise.resolve(texts.map((text) => text.trim().split(/\s+/).length));
  });
  expect(found).toEqual({
    think: { n: 2, mean: (5 + 4) / 2 },
    visual: { n: 1, mean: 3 },
    answer: { n: 2, mean: 1 },
  });
  expect(new Set(asked).size).toBe(asked.length);
});
