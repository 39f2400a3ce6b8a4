/** Chat templates of the kinds in use, written for this purpose (tools/goldens/chat_templates/templates). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type CompiledTemplate, compileTemplate } from './template.ts';

interface Rendering {
  readonly template: string;
  readonly conversation: string;
  readonly setting: string;
  /** What render_jinja_template of transformers gives, or its error's class. */
  readonly text?: string;
  readonly error?: string;
}
const TOOLS = new URL('../../../tools/goldens/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, TOOLS), 'utf8');
const goldens = JSON.parse(read('data/chat-templates/templates.json')) as {
  readonly conversations: string;
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly rendered: readonly Rendering[];
};
const conversations = JSON.parse(goldens.conversations) as Readonly<Record<string, unknown>>;
const names = [...new Set(goldens.rendered.map(({ template }) => template))];

/** As render_jinja_template hands variables over. */
function render(template: CompiledTemplate, { conversation, setting }: Rendering): string | undefined {
  try {
    return template.render({
      messages: conversations[conversation],
      tools: null,
      documents: null,
      ...goldens.settings[setting],
    });
  } catch {
    return undefined;
  }
}

const casesOf = (name: string): readonly Rendering[] =>
  goldens.rendered.filter(({ template }) => template === name);
const SAME = ['plain-lines', 'text-model', 'thinking-tools', 'vision-counters'].map(
  (name) => `${name}.jinja`,
);

describe.each(SAME)('%s', (name) => {
  const source = read(`chat_templates/templates/${name}`);
  const cases = casesOf(name);

  test('renders every conversation as Python does, and names no difference', () => {
    const template = compileTemplate(source);
    expect(cases.length).toBeGreaterThan(50);
    for (const golden of cases) expect(render(template, golden), golden.conversation).toBe(golden.text);
    expect(template.differences).toEqual([]);
  });

  test.each([
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('with %s line ends', (_, end) => {
    const template = compileTemplate(source.replaceAll('\n', end));
    for (const golden of cases) expect(render(template, golden), golden.conversation).toBe(golden.text);
  });
});

test('a template with break, continue and a printed truth value is rendered otherwise, and named', () => {
  const template = compileTemplate(read('chat_templates/templates/training-blocks.jinja'));
  expect(template.differences).toEqual([
    'continue (what that turn of the loop has written is lost)',
    'break (what that turn of the loop has written is lost)',
  ]);
});

test('a template with a statement that the library does not know is no template here', () => {
  expect(() => compileTemplate(read('chat_templates/templates/omni-parts.jinja'))).toThrow('with');
});

test('every template of the goldens is one of these', () => {
  expect(names.toSorted()).toEqual([...SAME, 'omni-parts.jinja', 'training-blocks.jinja'].toSorted());
});
