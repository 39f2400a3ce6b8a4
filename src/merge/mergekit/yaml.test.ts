import { describe, expect, it } from 'vitest';
import { Lexer, parse } from 'yaml';
import { failureOf } from '../../checkpoint/testing/files.ts';
import { MOST_RECIPE_BYTES } from '../open-recipe.ts';
import type { Edit } from '../recipe/recipe.ts';
import { restFrom } from '../recipe/recipe.ts';
import { writeMergekit } from './write.ts';
import { MOST_CHARACTERS, MOST_TOKENS, readYaml } from './yaml.ts';

const read = (text: string): unknown => readYaml(text, 'a.yaml');
const refused = (text: string) => failureOf(new Promise((resolve) => resolve(read(text))));

describe('plain values', () => {
  it.each([
    'a: no\nb: [1, 0x10, .inf, 2.5e3, ~, null, yes, "no", 010]\nc: {d: e}\n',
    '- &x {a: 1, b: [2]}\n- *x\n- &x 3\n- *x\n- {<<: {a: 5, z: 1}, a: 2}\n',
    'x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {c: 5, <<: [*x, *y]}\nq: {"<<": 1}\n',
    'a: |\n  text\n  more\nb: >-\n  folded\n  line\n? c\n: d\n',
    '',
    '# nothing\n',
    'a:\n- !!str 1\n- !!binary aGk=\n- 2001-01-01\n',
  ])('are the library’s own: %j', (text) => {
    expect(read(text)).toEqual(parse(text, { version: '1.1', logLevel: 'error' }));
  });

  it('may be called __proto__, and stay values', () => {
    const value = read('{__proto__: {a: 1}}') as object;
    expect([Object.keys(value), (value as { a?: number }).a]).toEqual([['__proto__'], undefined]);
  });

  it.each([
    ['a: 1\nb: 2\na: 3', 'the key "a" stands twice in one map at line 3'],
    ['a: 1\n? [b]\n: 2', 'a key that is not a plain value at line 2'],
    ['a: &a [*a]', '*a stands for nothing that ends before it at line 1'],
    ['- *b', '*b stands for nothing'],
    ['!!omap [a: 1]', 'a list of pairs'],
    ['a: {<<: 1}', 'a merge key whose value is not a map at line 1'],
    ['a: 1\n---\nb: 1', 'multiple documents'],
    ['a:\n\t- b: c: d', 'line 2'],
    ['['.repeat(1e4), 'deeper than any configuration, at line 1'],
    ['a:\n  - b: [1]\nc: ' + '{a: '.repeat(1e4), 'deeper than any configuration, at line 3'],
    ...['? ', '? - ', '  ? ', '- ', '- ? ', ': ', '[? ', '{? '].map((sign): [string, string] => [
      sign.repeat(1e4),
      'deeper than any configuration, at line 1',
    ]),
    [
      Array.from({ length: 200 }, (_, at) => `${' '.repeat(at)}a:\n`).join(''),
      'deeper than any configuration',
    ],
  ])('%j is refused', async (text, what) => {
    const error = await refused(text);
    expect([error.name, error.what]).toEqual(['InvalidMergekit', expect.stringContaining(what)]);
  });
});

it('what we write for 128 layers of six donors is within the limits', () => {
  const names = Array.from({ length: 6 }, (_, at) => `organisation/Qwen2.5-VL-72B-Instruct-${at}`);
  const donor = (at: number): string => names[at % 6] ?? '';
  const edits = Array.from({ length: 128 }, (_, at): Edit[] => {
    const layers = { first: at + 1, last: at + 1 };
    const alpha = (1e15 / 3 + at) / 1e15;
    return [
      { kind: 'interpolate', layers, part: 'attention', donor: donor(at + 1), alpha },
      { kind: 'interpolate', layers, part: 'mlp', donor: donor(at + 2), alpha: alpha / 2 },
    ];
  }).flat();
  const layers = Array.from({ length: 128 }, (_, at) => donor(at));
  const models = new Map(names.map((name) => [name, name]));
  const recipe = { layers, rest: restFrom(donor(0)), edits };
  const text = writeMergekit(recipe, { models, outDtype: 'bfloat16' });
  expect(text.length / MOST_RECIPE_BYTES).toBeGreaterThan(0.65);
  expect(text.length).toBeLessThan(MOST_RECIPE_BYTES);
  expect([...new Lexer().lex(text)].filter((token) => token.trim() !== '').length).toBe(25_602);
  expect(read(text)).toEqual(parse(text));
});

describe('the worst of each kind, as long as a recipe may be, takes no more than a second or so', () => {
  const until = (length: number, part: (at: number) => string): string => {
    let text = '';
    for (let at = 0; text.length < length; at++) text += part(at);
    return text;
  };
  const full = (part: string): string => part.repeat(Math.floor((MOST_RECIPE_BYTES - 2) / part.length));
  /** As many as the limit of tokens lets through. */
  const many = (part: string, tokens: number): string =>
    part.repeat(Math.floor((MOST_TOKENS - 100) / tokens));
  const doubled = (levels: number, first: string, next: (one: string) => string): string =>
    Array.from(
      { length: levels },
      (_, at) => `k${at}: &k${at} ${at === 0 ? first : next(`*k${at - 1}`)}\n`,
    ).join('');
  const cases: readonly (readonly [string, string, string | null])[] = [
    ['keys', Array.from({ length: 9000 }, (_, at) => `k${at}: 1\n`).join(''), null],
    ['short keys', `{${until(100_000, (at) => `${at.toString(36)},`)}}`, 'OverLimit'],
    ['flow', `[${many('1,', 3)}]`, null],
    ['brackets that close nothing', many('}', 1), 'InvalidMergekit'],
    ['escapes that are none', `"${full('\\x')}"`, 'OverLimit'],
    ['as many as may be', `"${'\\x'.repeat(5000)}"`, 'InvalidMergekit'],
    ['comments', full('#\n'), null],
    ['directives', full('%x\n'), 'OverLimit'],
    ['aliases of nothing much', `- &y []\n- &x [${many('*y,', 2)}]\n- *x\n`, null],
    ['lists twice as long each', doubled(40, '[]', (one) => `[${one}, ${one}]`), 'OverLimit'],
    ['maps merged twice each', doubled(40, '{}', (one) => `{<<: [${one}, ${one}]}`), null],
    [
      'long maps merged',
      `a: &a {${until(40_000, (at) => `k${at}: 1,`)}}\nb:\n${'- {<<: *a}\n'.repeat(2000)}`,
      'OverLimit',
    ],
    ['a long text again and again', `- &a ${'x'.repeat(1e5)}\n${'- *a\n'.repeat(9000)}`, 'OverLimit'],
  ];
  it.each(cases)('%s', async (_, text, name) => {
    expect(text.length).toBeLessThanOrEqual(MOST_RECIPE_BYTES);
    const before = process.cpuUsage();
    const error = name === null ? (read(text), null) : await refused(text);
    const seconds = process.cpuUsage(before).user / 1e6;
    expect(error?.name ?? null).toBe(name);
    // Half a second where this was measured: processors are not alike.
    expect(seconds).toBeLessThan(1.5);
  });
  it('stays under what is told of it', () => expect(MOST_CHARACTERS).toBe(4 * MOST_RECIPE_BYTES));
});
