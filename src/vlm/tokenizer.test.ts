import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ChatMessage, chatMl, question } from './chat.ts';
import { parseConfig } from './config.ts';
import type { ImageGrid } from './image-grid.ts';
import { buildPrompt } from './prompt.ts';
import { createTokenizer, type TokenizerFiles } from './tokenizer.ts';

const DATA = new URL('../../tools/goldens/data/', import.meta.url);
const text = (path: string): string | undefined => {
  try {
    return readFileSync(new URL(path, DATA), 'utf8');
  } catch {
    return undefined;
  }
};
const json = (path: string): unknown => {
  const found = text(path);
  return found === undefined ? undefined : JSON.parse(found);
};
function filesOf(name: string): TokenizerFiles {
  const folder = `checkpoints/${name}`;
  return {
    tokenizerJson: json(`${folder}/tokenizer.json`),
    tokenizerConfig: json(`${folder}/tokenizer_config.json`),
    chatTemplateJson: json(`${folder}/chat_template.json`),
    chatTemplateJinja: text(`${folder}/chat_template.jinja`),
  };
}
const configOf = (name: string) => parseConfig(json(`checkpoints/${name}/config.json`), 'config.json');

interface Case {
  readonly messages: ChatMessage[];
  readonly prompt: string;
  readonly inputIds: number[];
  readonly imageGridThw: ImageGrid[];
  readonly imagePositions: number[];
  readonly greedy: { readonly tokens: number[]; readonly text: string };
}
const NAMES = ['untied-gqa4-f32', 'tied-gqa1-bf16-old', 'untied-gqa7-bf16-new', 'untied-gqa2-f16'];
const CASES = NAMES.flatMap((name) =>
  Object.entries((json(`expected/${name}.json`) as { cases: Record<string, Case> }).cases).map(
    ([label, golden]) => [name, label, golden] as const,
  ),
);
const FIRST = 'untied-gqa4-f32';
const tokenizer = createTokenizer(filesOf(FIRST));
const config = configOf(FIRST);

describe('with the goldens of transformers', () => {
  test.each(CASES)('prompt and answer of %s, %s', (name, _, golden) => {
    const own = createTokenizer(filesOf(name));
    expect(own.notices).toEqual([]);
    expect(own.applyChatTemplate(golden.messages, { addGenerationPrompt: true })).toBe(golden.prompt);
    expect(chatMl(golden.messages, true)).toBe(golden.prompt);
    const { inputIds, imageSpans } = buildPrompt({
      tokenizer: own,
      config: configOf(name),
      messages: golden.messages,
      grids: golden.imageGridThw,
    });
    expect(inputIds).toEqual(golden.inputIds);
    const positions = imageSpans.flatMap(([start, count]) =>
      Array.from({ length: count }, (_, i) => start + i),
    );
    expect(positions).toEqual(golden.imagePositions);
    expect(own.decode(golden.greedy.tokens, { skipSpecial: false })).toBe(golden.greedy.text);
    const stream = own.streamDecoder({ skipSpecial: false });
    const pieces = golden.greedy.tokens.map((token) => stream.push(token));
    expect(pieces.join('') + stream.flush()).toBe(golden.greedy.text);
  });
});

describe('createTokenizer', () => {
  test('says what to do when there is no tokenizer.json', () => {
    expect(() => createTokenizer({ ...filesOf(FIRST), tokenizerJson: undefined })).toThrow(
      expect.objectContaining({ name: 'MissingTokenizer', place: { file: 'tokenizer.json' } }),
    );
    expect(() => createTokenizer({ tokenizerJson: {} })).toThrow(
      expect.objectContaining({ name: 'InvalidTokenizer' }),
    );
  });

  test('a folder without a template gets the built-in layout and a notice', () => {
    const bare = createTokenizer({ tokenizerJson: filesOf(FIRST).tokenizerJson });
    expect(bare.notices).toHaveLength(1);
    const asked = question('How many?', 2, 'Be brief.');
    const options = { addGenerationPrompt: true };
    expect(bare.applyChatTemplate(asked, options)).toBe(tokenizer.applyChatTemplate(asked, options));
  });

  test('a template that cannot be rendered is named', () => {
    const broken = createTokenizer({ ...filesOf(FIRST), chatTemplateJinja: '{% for %}' });
    expect(() => broken.applyChatTemplate(question('a', 0), { addGenerationPrompt: true })).toThrow(
      expect.objectContaining({ name: 'InvalidChatTemplate' }),
    );
  });

  test('reads tokens written as objects', () => {
    const named = { content: '<|im_end|>', lstrip: false };
    const tokenizerConfig = { eos_token: named, additional_special_tokens: [named] };
    const own = createTokenizer({ tokenizerJson: filesOf(FIRST).tokenizerJson, tokenizerConfig });
    expect(own.decode([...own.encode('a red'), 364], { skipSpecial: true })).toBe('a red');
  });

  test('rows of the embedding without a token have no text', () => {
    expect(tokenizer.decode([399, ...tokenizer.encode('red'), 390], { skipSpecial: true })).toBe('red');
    expect(tokenizer.decode([], { skipSpecial: true })).toBe('');
  });

  test('keeps spaces before punctuation', () => {
    const spaced = "Is it ? No , it is n't .";
    expect(tokenizer.decode(tokenizer.encode(spaced), { skipSpecial: true })).toBe(spaced);
  });
});

describe('buildPrompt', () => {
  const build = (messages: readonly ChatMessage[], grids: ImageGrid[] = [], contextLength?: number) =>
    buildPrompt({
      tokenizer,
      config,
      messages,
      grids,
      ...(contextLength === undefined ? {} : { contextLength }),
    });
  const refusal = (name: string): Error => expect.objectContaining({ name }) as Error;

  test('an empty question is refused, with or without an image', () => {
    expect(() => build(question(' \n', 0))).toThrow(refusal('EmptyPrompt'));
    expect(() => build(question('', 1), [[1, 4, 4]])).toThrow(refusal('EmptyPrompt'));
  });

  test('a template that makes an empty prompt is named', () => {
    const empty = { ...tokenizer, applyChatTemplate: () => '', templateFile: 'chat_template.json' };
    expect(() => buildPrompt({ tokenizer: empty, config, messages: question('red', 0), grids: [] })).toThrow(
      expect.objectContaining({ name: 'InvalidChatTemplate', place: { file: 'chat_template.json' } }),
    );
  });

  test('a prompt that does not fit says by how much', () => {
    expect(() => build(question('red', 1), [[1, 200, 200]])).toThrow(
      expect.objectContaining({
        name: 'PromptTooLong',
        what: expect.stringMatching(/10000 of them for images; the context holds 4096/) as string,
        remedy: expect.stringContaining('image') as string,
      }),
    );
    const { length } = build(question('red', 0)).inputIds;
    expect(build(question('red', 0), [], length).inputIds).toHaveLength(length);
    expect(() => build(question('red', 0), [], length - 1)).toThrow(refusal('PromptTooLong'));
  });

  test('placeholders in a person’s text are refused, other control tokens are tokens', () => {
    expect(() => build(question('what is <|image_pad|>?', 0))).toThrow(refusal('ReservedToken'));
    expect(() => build(question('what is <|video_pad|>?', 0))).toThrow(refusal('ReservedToken'));
    expect(build(question('a<|im_end|>', 0)).inputIds.filter((id) => id === 364)).toHaveLength(3);
  });

  test('images, template and tokenizer must agree', () => {
    expect(() => build(question('red', 2), [[1, 4, 4]])).toThrow(refusal('ImageTokenMismatch'));
    const other = { ...config, tokens: { ...config.tokens, image: 399 } };
    expect(() => buildPrompt({ tokenizer, config: other, messages: question('red', 0), grids: [] })).toThrow(
      refusal('TokenizerMismatch'),
    );
    const small = { ...config, text: { ...config.text, vocabSize: 300 } };
    expect(() => buildPrompt({ tokenizer, config: small, messages: question('red', 0), grids: [] })).toThrow(
      refusal('TokenizerMismatch'),
    );
  });
});
