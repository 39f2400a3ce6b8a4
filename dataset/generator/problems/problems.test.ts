import { describe, expect, test } from 'vitest';
import { makeItem, type Item } from '../make-item.ts';
import { inWords } from '../language/phrases.ts';
import { chainContent, chainResult } from './chain.ts';
import { chainExpression } from './symbols.ts';

const items = Array.from({ length: 600 }, (_, index) =>
  makeItem('problems', { split: 'train', index, alignment: 1 }),
);

const NUMBERS = new Map(Array.from({ length: 100 }, (_, value) => [inWords(value), value]));

/** A number in digits or words. */
function number(word: string | undefined): number {
  return NUMBERS.get(word ?? '') ?? Number(word);
}

/** Value of an expression with brackets and the usual order of operations: the oracle for symbols. */
function evaluate(text: string): number {
  const tokens = text.match(/\d+|[()+\-×÷]/g) ?? [];
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++];
    if (token !== '(') return Number(token);
    const value = sum();
    at++;
    return value;
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === '×' || tokens[at] === '÷')
      value = tokens[at++] === '×' ? value * factor() : value / factor();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '-')
      value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };
  return sum();
}

/** What a reader of the story computes, sentence by sentence: the oracle for stories. */
function readStory(story: string): number {
  const told = (pattern: RegExp): number | undefined => {
    const [, word] = pattern.exec(story) ?? [];
    return word === undefined ? undefined : number(word);
  };
  const start = told(/^\w+ has ([\w-]+) \w+\./) ?? NaN;
  if (story.endsWith('together?')) {
    const more = told(/has ([\w-]+) more than/);
    return more === undefined ? start + start * (told(/has ([\w-]+) times/) ?? NaN) : start + start + more;
  }
  return story
    .split('. ')
    .slice(1, -1)
    .reduce((value, sentence) => {
      const [word] = /(?<=finds |buys |loses |gives away |has |among )[\w-]+/.exec(sentence) ?? [];
      const by = number(word);
      if (/finds|buys/.test(sentence)) return value + by;
      if (/loses|gives away/.test(sentence)) return value - by;
      return /times/.test(sentence) ? value * by : value / by;
    }, start);
}

function solve({ prompt }: Item): number {
  if (prompt.startsWith('What is') && /plus|minus|times|divided/.test(prompt)) {
    const [, a, spoken, b] = /What is ([\w-]+) (plus|minus|times|divided by) ([\w-]+)\?/.exec(prompt) ?? [];
    const sign = { plus: '+', minus: '-', times: '×', 'divided by': '÷' }[spoken ?? ''] ?? '';
    return evaluate(`${number(a)} ${sign} ${number(b)}`);
  }
  return /^\w+ has/.test(prompt) ? readStory(prompt) : evaluate(prompt);
}

test('who reads the problem finds the answer', () => {
  for (const item of items) expect(`${item.prompt} ${solve(item)}`).toBe(`${item.prompt} ${item.answer}`);
});

test('every step of a rationale is true, and the last gives the answer', () => {
  for (const { rationale, answer, meta } of items) {
    const steps = rationale.split('. ').map((step) => step.replace('.', '').split(' = '));
    expect(steps).toHaveLength(Number(meta.steps));
    for (const [left = '', right = ''] of steps) expect(evaluate(left)).toBe(Number(right));
    expect(steps[steps.length - 1]?.[1]).toBe(answer);
  }
});

test('answers are whole numbers from 0 to 99; every level has its share and more steps than the one before', () => {
  for (const { answer } of items) expect(answer).toMatch(/^\d{1,2}$/);
  const steps = [1, 2, 3, 4, 5].map((level) => {
    const ofLevel = items.filter((item) => item.level === level);
    expect(ofLevel.length).toBeGreaterThan(80);
    return ofLevel.reduce((sum, { meta }) => sum + Number(meta.steps), 0) / ofLevel.length;
  });
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
});

describe('a chain', () => {
  test('is the same content from either side of a sum or product', () => {
    const sum = (start: number, by: number) =>
      chainContent({
        start,
        steps: [
          { operation: '+', by },
          { operation: '-', by: 2 },
        ],
      });
    expect(sum(7, 5)).toBe(sum(5, 7));
    expect(sum(7, 5)).not.toBe(sum(6, 6));
  });

  test('is written with the brackets it needs', () => {
    const chain = {
      start: 7,
      steps: [
        { operation: '+', by: 5 },
        { operation: '×', by: 2 },
        { operation: '-', by: 4 },
      ],
    } as const;
    expect(chainExpression(chain)).toBe('(7 + 5) × 2 - 4');
    expect(chainResult(chain)).toBe(20);
  });
});
