import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { question } from './chat.ts';
import { chatTemplateSources, disagreements, nonePlain } from './chat-template-source.ts';
import { createTokenizer, type Tokenizer, type TokenizerFiles } from './tokenizer.ts';

const TOOLS = new URL('../../tools/goldens/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, TOOLS), 'utf8');
const CHECKPOINT = 'data/checkpoints/untied-gqa4-f32';
const json = (name: string): unknown => JSON.parse(read(`${CHECKPOINT}/${name}`));
const PUBLISHED = read(`${CHECKPOINT}/chat_template.jinja`);
const template = (name: string): string => read(`chat_templates/templates/${name}.jinja`);
const CRLF = (text: string): string => text.replaceAll('\n', '\r\n');

const open = (files: Omit<TokenizerFiles, 'tokenizerJson'>): Tokenizer =>
  createTokenizer({
    tokenizerJson: json('tokenizer.json'),
    tokenizerConfig: json('tokenizer_config.json'),
    ...files,
  });
const prompt = (tokenizer: Tokenizer, ...asked: Parameters<typeof question>): string =>
  tokenizer.applyChatTemplate(question(...asked), { addGenerationPrompt: true });

describe('line ends', () => {
  const lines = template('plain-lines');
  const named = [{ name: 'default', template: CRLF(lines) }];
  const config = json('tokenizer_config.json') as Record<string, unknown>;
  test.each<[string, Omit<TokenizerFiles, 'tokenizerJson'>]>([
    ['chat_template.jinja', { chatTemplateJinja: CRLF(lines) }],
    ['chat_template.json', { chatTemplateJson: { chat_template: CRLF(lines) } }],
    ['processor_config.json', { processorConfig: { chat_template: CRLF(lines) } }],
    ['tokenizer_config.json', { tokenizerConfig: { ...config, chat_template: CRLF(lines) } }],
    ['tokenizer_config.json, named', { tokenizerConfig: { ...config, chat_template: named } }],
    ['additional_chat_templates', { additionalDefaultJinja: CRLF(lines) }],
  ])('CRLF in %s gives the ids of LF', (_, files) => {
    const own = open(files);
    const expected =
      '<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n\n<|im_start|>assistant\n';
    expect(prompt(own, 'Hello', 0)).toBe(expected);
    expect(own.encode(prompt(own, 'a', 2))).toEqual(
      own.encode(prompt(open({ chatTemplateJinja: lines }), 'a', 2)),
    );
    expect(own.notices).toEqual([]);
  });
});

describe('a text model’s template', () => {
  const text = '{% for m in messages %}{{ m.role + ":" + m.content }}{% endfor %}';
  const printing = '{% for m in messages %}{{ m.role }}:{{ m.content }}{% endfor %}';
  const dumping =
    '{% for m in messages %}{{ m.role }}:{{ m.content if m.content is string else m.content | tojson }}{% endfor %}';
  test.each([
    ['adds strings', text],
    ['prints', printing],
    ['dumps', dumping],
    ['of the goldens', template('text-model')],
  ])('that %s: a string without an image, refused by name with one', (_, source) => {
    const own = open({ chatTemplateJinja: source });
    expect(prompt(own, 'Hello', 0)).toContain('Hello');
    expect(prompt(own, 'Hello', 0)).not.toContain('type');
    const parts = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const;
    expect(own.applyChatTemplate(parts, { addGenerationPrompt: true })).toBe(prompt(own, 'Hello', 0));
    expect(() => prompt(own, 'Hello', 1)).toThrow(
      expect.objectContaining({
        name: 'ImageTokenMismatch',
        place: { file: 'chat_template.jinja' },
        what: expect.stringContaining('text model') as string,
      }),
    );
    expect(own.notices).toEqual([expect.stringContaining('chat_template.jinja is a text model') as string]);
  });

  test.each(['vision-counters', 'plain-lines', 'thinking-tools'])('%s is none', (name) => {
    const own = open({ chatTemplateJinja: template(name) });
    expect(own.notices).toEqual([]);
    expect(prompt(own, 'Hello', 1)).toContain('<|vision_start|><|image_pad|><|vision_end|>');
  });
});

test('a string and one part of text are the same to templates of the Qwen2.5-VL kind', () => {
  for (const source of [PUBLISHED, ...['vision-counters', 'plain-lines', 'thinking-tools'].map(template)]) {
    const own = open({ chatTemplateJinja: source });
    const parts = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const;
    expect(own.applyChatTemplate(parts, { addGenerationPrompt: true })).toBe(prompt(own, 'Hello', 0));
  }
});

test('what Python’s lstrip does stays: the thinking kind', () => {
  const source =
    "{% for m in messages %}{% if m.role == 'user' %}[u]{% else %}" +
    "{{ m.content.split('</think>')[-1].lstrip('\\n') }}{% endif %}{% endfor %}";
  const own = open({ chatTemplateJinja: source });
  const turns = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: '<think>\nA\n</think>\n\n B' },
    { role: 'user', content: 'c' },
  ] as const;
  // jinja2 3.1.6 in transformers' environment.
  expect(own.applyChatTemplate(turns, { addGenerationPrompt: true })).toBe('[u] B[u]');
});

test('special tokens have their names', () => {
  const own = open({
    chatTemplateJinja:
      '{{ messages[0].content ~ eos_token ~ pad_token ~ ("yes" if bos_token is defined else "no") }}',
  });
  // tokenizer.special_tokens_map: {'eos_token': '<|im_end|>', 'pad_token': '<|endoftext|>'}
  expect(prompt(own, 'a', 0)).toBe('a<|im_end|><|endoftext|>no');
});

describe('notices', () => {
  test('name what is rendered otherwise than in Python', () => {
    const own = open({
      chatTemplateJinja:
        "{% for m in messages %}{% if no %}{% break %}{% endif %}{{ m.content | title if no else '' }}{% endfor %}",
    });
    expect(own.notices).toEqual([
      expect.stringMatching(
        /^chat_template\.jinja: .*otherwise.*: break \(.*\); the filter title\./,
      ) as string,
    ]);
  });

  test('say that a template cannot be read', () => {
    const own = open({ chatTemplateJinja: 'a\n{% for %}' });
    expect(own.notices).toEqual([
      expect.stringMatching(/^chat_template\.jinja: .* cannot be read/) as string,
    ]);
    expect(() => prompt(own, 'a', 0)).toThrow(expect.objectContaining({ name: 'InvalidChatTemplate' }));
  });

  test('name a byte order mark, which goes into the prompt as in transformers', () => {
    const own = open({ chatTemplateJinja: `\ufeff${PUBLISHED}` });
    expect(own.notices).toEqual([expect.stringContaining('byte order mark') as string]);
    expect(prompt(own, 'a', 0).startsWith('\ufeff<|im_start|>')).toBe(true);
  });
});

describe('several places', () => {
  interface FolderGolden {
    readonly places: readonly string[];
    /** The place AutoProcessor and AutoTokenizer take, or the error's class. */
    readonly processor: string;
    readonly tokenizer: string;
  }
  const { folders } = JSON.parse(read('data/chat-templates/sources.json')) as {
    folders: readonly FolderGolden[];
  };
  const filesOf = (places: readonly string[]): Omit<TokenizerFiles, 'tokenizerJson'> => {
    const at = (place: string): string | undefined => (places.includes(place) ? place : undefined);
    const list = [
      { name: 'tool_use', template: 'tools' },
      { name: 'default', template: 'tokenizer_config.json list' },
    ];
    return {
      processorConfig: { chat_template: at('processor_config.json') },
      chatTemplateJson: { chat_template: at('chat_template.json') },
      chatTemplateJinja: at('chat_template.jinja'),
      additionalDefaultJinja: at('additional_chat_templates/default.jinja'),
      tokenizerConfig: {
        chat_template:
          at('tokenizer_config.json') ?? (at('tokenizer_config.json list') === undefined ? undefined : list),
      },
    };
  };

  test.each(folders)('$places', ({ places, processor, tokenizer }) => {
    const sources = chatTemplateSources(filesOf(places));
    // Where AutoProcessor takes none, AutoTokenizer's counts; where neither opens the folder, any serves.
    const expected = processor.endsWith('Error') ? tokenizer : processor;
    const conflict =
      places.includes('chat_template.json') && places.some((place) => place.startsWith('additional'));
    if (!expected.endsWith('Error') && !conflict) expect(sources[0]?.text).toBe(expected);
    expect(disagreements(sources)).toHaveLength(sources.length > 1 ? 1 : 0);
  });

  // transformers 5.24: apply_chat_template takes the default of a dict, and raises ValueError where there is none.
  test('an object of several is read as a list of them is; without a default, its names are told', () => {
    const several = { default: 'plain', tool_use: 'tools' };
    expect(chatTemplateSources({ chatTemplateJson: { chat_template: several } })).toEqual([
      { file: 'chat_template.json', text: 'plain' },
    ]);
    const files = { tokenizerConfig: { chat_template: [{ name: 'rag', template: 'r' }] } };
    expect(chatTemplateSources(files)).toEqual([]);
    expect(nonePlain(files, 'ChatML')).toMatch(
      /^None of .* is called default \(rag\), .*: ChatML is used\.$/,
    );
    expect(nonePlain({}, 'ChatML')).toBe('The folder has no chat template: ChatML is used.');
    expect(() => chatTemplateSources({ chatTemplateJson: { chat_template: { default: 1 } } })).toThrow(
      /string/,
    );
  });

  test('the notice names the one taken and the others; equal ones but for line ends are no matter', () => {
    const files = {
      chatTemplateJson: { chat_template: 'a\nb' },
      tokenizerConfig: { chat_template: 'a\r\nb\n' },
    };
    expect(disagreements(chatTemplateSources(files))).toEqual([]);
    expect(disagreements(chatTemplateSources({ ...files, chatTemplateJinja: 'c' }))).toEqual([
      expect.stringMatching(
        /that of chat_template\.json is used.* not that of chat_template\.jinja,/,
      ) as string,
    ]);
  });
});
