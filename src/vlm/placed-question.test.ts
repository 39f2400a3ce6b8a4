import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ChatMessage, placedQuestion } from './chat.ts';

const DATA = new URL('../../tools/goldens/data/', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, DATA), 'utf8'));

/** What transformers renders; `goldens.test.ts` holds our template against the same. */
interface Golden {
  readonly name: string;
  readonly messages: readonly ChatMessage[];
  readonly addGenerationPrompt: boolean;
  readonly addVisionId: boolean;
}
const { templates } = json('text.json') as { readonly templates: readonly Golden[] };

describe('a question with pictures within its text', () => {
  it.each([
    ['image after', 'What is <image>?'],
    ['one image', '<image>What?'],
    ['two images', '<image><image>Compare.'],
  ])('is the message that transformers renders: %s', (name, stored) => {
    const golden = templates.find(
      (one) => one.name === name && one.addGenerationPrompt && !one.addVisionId,
    ) as Golden;
    const messages = placedQuestion(stored.split('<image>'));
    expect(messages).toEqual(golden.messages);
  });

  it('has its system prompt before it', () => {
    expect(placedQuestion(['a', ''], 'Be brief.')).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'image' }] },
    ]);
  });
});
