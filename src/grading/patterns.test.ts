import { describe, expect, it } from 'vitest';
import { tagged, taggedAtEnd } from '../tagged.ts';
import { withoutEnd, withoutStart } from '../trim.ts';
import { lastBoxed, withinBraces } from './answers/boxed.ts';
import { withoutMarkup } from './answers/plain-text.ts';
import { clean } from './mathematics/clean.ts';
import { parseName } from './mathematics/name.ts';
import { splitOutside } from './mathematics/split.ts';
import { wordUnit } from './mathematics/word-unit.ts';
import { inside } from './rewards/tags.ts';
import { seededRandom } from '../work/seeded-random.ts';

/** What a linear reading took the place of: the patterns and loops as they were, slow and plain. */
const BEFORE = {
  start: (text: string) => text.replace(/^[\s*]+/, ''),
  end: (text: string) => text.replace(/[.,!]+$/, ''),
  tags: (text: string) => [...text.matchAll(/<answer>([\s\S]*?)<\/answer>/gi)].map(([, said]) => said),
  atEnd: (text: string) => /^[\s\S]*<answer>([\s\S]*?)<\/answer>\s*$/i.exec(text)?.[1],
  inside: (text: string) => /<answer>([\s\S]*?)<\/answer>/.exec(text)?.[1]?.replace(/<[^>]*>/g, ' '),
  boxed(text: string) {
    let found: string | undefined;
    for (const match of text.matchAll(/\\(?:boxed|fbox)\s*/g)) {
      const start = match.index + match[0].length;
      if (text[start] === '{') found = withinBraces(text, start) ?? found;
      else found = /^[^\s$\\.,;]+/.exec(text.slice(start))?.[0] ?? found;
    }
    return found?.trim();
  },
  markup: (text: string) =>
    text
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/^(\*+|_+|`+)(.*)\1$/, '$2')
      .replace(/^["'“”‘’]+|["'“”‘’.?,;]+$|(?<=[a-zA-Z])!+$/g, '')
      .trim(),
  name: (side: string) => /^[a-zA-Z](?:\s*[-+]?\s*[a-zA-Z])+$/.test(side),
  unit(text: string) {
    const found = /^(.*[\d)}]\.?)\s+([a-zA-Z][a-zA-Z .]*(?:\/\s*[a-zA-Z]+)?(?:\s*\^\s*\{?[23]\}?)?)$/.exec(
      text,
    );
    return found ? { number: found[1], unit: found[2] } : undefined;
  },
  thousands: (text: string) =>
    text.replace(/(?<=(?<![\d.,}])[1-9]\d{0,2}(?: \d{3})*) (?=\d{3}(?: \d{3})*(?!\s*[\d/]))/g, ''),
  commas(text: string) {
    const parts = [''];
    for (const [at, sign] of [...text].entries()) {
      const before = /(?:^|[^\d.,])(\d{1,3}(?:,\d{3})*)$/.exec(text.slice(0, at))?.[1];
      const grouped = before !== undefined && before !== '0' && /^\d{3}(?!\d)/.test(text.slice(at + 1));
      if (sign === ',' && !grouped) parts.push('');
      else parts.push((parts.pop() ?? '') + sign);
    }
    return parts;
  },
} as const;

/** Short texts of the signs that a reading turns on: most of what can go wrong happens within a few of them. */
function texts(seed: number, signs: readonly string[], count = 4000): string[] {
  const random = seededRandom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  return Array.from({ length: count }, () =>
    Array.from({ length: below(9) }, () => signs[below(signs.length)] ?? '').join(''),
  );
}

const single = (text: string): string => text.replace(/\s+/g, ' ').trim();

describe('what is read in one pass is what the slow patterns read', () => {
  const cases: readonly (readonly [
    string,
    readonly string[],
    (text: string) => unknown,
    (text: string) => unknown,
  ])[] = [
    ['signs before', [' ', '*', '\n', 'a', '.'], BEFORE.start, (text) => withoutStart(text, /[\s*]/)],
    ['signs behind', ['.', ',', '!', 'a', ' '], BEFORE.end, (text) => withoutEnd(text, /[.,!]/)],
    [
      'tags',
      ['<answer>', '</answer>', '<ANSWER>', 'a', '<', '>'],
      BEFORE.tags,
      (text) => [...tagged(text, 'answer')],
    ],
    ['a tag at the end', ['<answer>', '</Answer>', ' ', 'a', '<'], BEFORE.atEnd, taggedAtEnd],
    [
      'within a tag',
      ['<answer>', '</answer>', '<b', '>', 'a', '<'],
      BEFORE.inside,
      (text) => inside(text, 'answer'),
    ],
    ['boxes', ['\\boxed', '\\fbox ', '{', '}', '\\', '\\{', '5', '.', ' '], BEFORE.boxed, lastBoxed],
    ['emphasis and stops', ['*', '_', '"', '!', '.', 'a', '5', ' '], BEFORE.markup, withoutMarkup],
    [
      'sums of letters',
      ['a', 'b', ' ', '+', '-', '  ', '1'].slice(0, 5),
      (text) => BEFORE.name(single(text)),
      (text) =>
        parseName(single(text))?.compound === true || /^[A-Z]?[a-z]{3,}(?: [a-z]+)*$/.test(single(text)),
    ],
    [
      'words behind a number',
      ['5', '.', ' ', 'a', 'sq', '/', '^', '2', '{2}', ')'],
      (text) => BEFORE.unit(single(text)),
      (text) => wordUnit(single(text)),
    ],
    [
      'thousands with spaces',
      ['1', '0', '234', ' ', ' 567', '/a', '.', 'a'],
      (text) => BEFORE.thousands(single(`a ${text} b`)),
      (text) => clean(`a ${text} b`),
    ],
    [
      'thousands with commas',
      ['1', '0', '234', ',', ',567', '.', 'a'],
      BEFORE.commas,
      (text) => splitOutside(text, /,/y),
    ],
  ];

  it.each(cases)('%s', (_, signs, before, now) => {
    const all = texts(7, signs);
    const other = all.filter((text) => JSON.stringify(now(text)) !== JSON.stringify(before(text)));
    expect(new Set(all.map((text) => JSON.stringify(before(text)))).size).toBeGreaterThan(1);
    expect(other).toEqual([]);
  });
});
