import { expect, test } from 'vitest';
import tokenizerConfig from '../../tools/goldens/data/checkpoints/untied-gqa2-f16/tokenizer_config.json';
import tokenizerJson from '../../tools/goldens/data/checkpoints/untied-gqa2-f16/tokenizer.json';
import { cases } from '../../tools/goldens/data/expected/untied-gqa2-f16.json';
import { type ChatMessage, question } from './chat.ts';
import { createTokenizer } from './tokenizer.ts';

test('the browser build gives the tokens of transformers and fetches nothing', () => {
  const before = performance.getEntriesByType('resource').length;
  const tokenizer = createTokenizer({ tokenizerJson, tokenizerConfig });
  const { messages, prompt, inputIds } = cases.text;
  const rendered = tokenizer.applyChatTemplate(messages as ChatMessage[], { addGenerationPrompt: true });
  expect(rendered).toBe(prompt);
  expect(tokenizer.encode(rendered)).toEqual(inputIds);
  expect(tokenizer.decode(inputIds, { skipSpecial: false })).toBe(prompt);
  expect(tokenizer.applyChatTemplate(question('?', 1), { addGenerationPrompt: false })).toContain(
    '<|image_pad|>',
  );
  expect(performance.getEntriesByType('resource')).toHaveLength(before);
});
