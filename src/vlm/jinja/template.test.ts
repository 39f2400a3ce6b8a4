import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileTemplate } from './template.ts';

interface Snippet {
  readonly construct: string;
  readonly source: string;
  /** What jinja2 makes of it, or its error's class. */
  readonly text?: string;
  readonly error?: string;
}
const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const { context, snippets } = JSON.parse(read('tools/goldens/data/chat-templates/snippets.json')) as {
  context: string;
  snippets: readonly Snippet[];
};
const variables = JSON.parse(context) as Record<string, unknown>;

const OUTCOMES = ['agrees', 'named', 'refused', 'lenient', 'differs'] as const;
type Outcome = (typeof OUTCOMES)[number];

/**
 * agrees: Python's text, or an error where Python has one; named: other text, and a notice; refused: an error where Python has a
 * text; lenient: a text where Python has an error; differs: other text without a notice.
 */
function outcome({ source, text }: Snippet): Outcome {
  try {
    const template = compileTemplate(source);
    const rendered = template.render(variables);
    if (rendered === text) return 'agrees';
    if (template.differences.length > 0) return 'named';
    return text === undefined ? 'lenient' : 'differs';
  } catch {
    return text === undefined ? 'agrees' : 'refused';
  }
}

describe('snippets, against jinja2 in transformers’ environment', () => {
  const outcomes = new Map(snippets.map((snippet) => [snippet, outcome(snippet)]));

  test('docs/chat-templates.md counts them', () => {
    const listed = [...read('docs/chat-templates.md').matchAll(/^\| ([^|]+?) +((?:\| +\d+ ){6})\|$/gm)].map(
      ([, construct, counts]) => [construct, ...(counts ?? '').split('|').slice(1).map(Number)],
    );
    const counted = [...new Set(snippets.map(({ construct }) => construct))].map((construct) => {
      const own = snippets.filter((snippet) => snippet.construct === construct);
      const count = (wanted: Outcome): number => own.filter((each) => outcomes.get(each) === wanted).length;
      return [construct, own.length, ...OUTCOMES.map(count)];
    });
    expect(listed).toEqual(counted);
  });
});

describe('strip, lstrip and rstrip', () => {
  test.each(snippets.filter(({ construct }) => construct === 'strip, lstrip, rstrip'))(
    '$source',
    (snippet) => {
      // The first three hold a BOM, which Python does not strip, or what the library does not have.
      if (!/ufeff|trim\(|\.strip\(.*\*/.test(snippet.source)) expect(outcome(snippet)).toBe('agrees');
    },
  );
});

test('a name that is set anew in each turn of a loop is no difference', () => {
  const names = (source: string): readonly string[] => compileTemplate(source).differences;
  expect(names('{% for m in messages %}{% set c = m.content %}{{ c }}{% endfor %}')).toEqual([]);
  expect(
    names(
      '{% for m in messages %}{% if m %}{% set c = 1 %}{% else %}{% set c = 2 %}{% endif %}{{ c }}{% endfor %}',
    ),
  ).toEqual([]);
  expect(names('{% for m in messages %}{% if m %}{% set c = 1 %}{% endif %}{{ c }}{% endfor %}')).toEqual([
    'set c in a loop (the next turn sees it)',
  ]);
  expect(names('{% macro f() %}{{ m }}{% endmacro %}{% for m in messages %}{{ f() }}{% endfor %}')).toEqual([
    'the macro f reading m',
  ]);
});
