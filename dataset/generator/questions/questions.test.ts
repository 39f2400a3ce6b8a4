import { expect, test } from 'vitest';
import { inWords, mentions } from '../language/phrases.ts';
import { makeItem, type Item } from '../make-item.ts';
import { isOutOfDomain } from '../puzzles/families.ts';
import { TASK_NAMES } from '../tasks.ts';

function made(task: (typeof TASK_NAMES)[number], count: number): Item[] {
  const split = isOutOfDomain(task) ? 'eval' : 'train';
  return Array.from({ length: count }, (_, index) => makeItem(task, { split, index, alignment: [0, 1] }));
}

test.each(TASK_NAMES)('descriptions of %s never say the answer', (task) => {
  for (const { description, answer, drawing } of made(task, 300)) {
    expect(mentions(description, answer), `${answer} in "${description}"`).toBe(false);
    if (/^\d{1,2}$/.test(answer)) expect(mentions(description, inWords(Number(answer)))).toBe(false);
    // A caption is itself the description.
    if (drawing && task !== 'caption') expect(description).not.toBe('');
  }
});

test('a word is mentioned by itself only', () => {
  expect(mentions('Row a: x 3, y 5.', '5')).toBe(true);
  expect(mentions('Queens: a5, b15.', '5')).toBe(false);
  expect(mentions('A Red star', 'red')).toBe(true);
  expect(mentions('13:18', '3:18')).toBe(false);
});

/** Counts, in a list like "a red star at the top and a blue circle at the left", the things that fit. */
function count(description: string, kind: string): number {
  const word = kind.replace(/ items$/, '').replace(/(?<=cross)es$|s$/, '');
  return description.split(/,| and /).filter((part) => new RegExp(`\\b${word}(?!s)\\b`).test(part)).length;
}

/** Answers a question of the math kind from its description alone: nothing that is needed may be missing there. */
function answerFromText({ prompt, description, questionType }: Item): number {
  const digits = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  const value = (name: string): number => Number(new RegExp(`\\b${name} (\\d+)`).exec(description)?.[1]);
  const [, one = '', other = ''] =
    /(?:more|number of|The) ([a-z]+(?: items)?)(?: than| by the number of| cost \d+ coins each, the) ([a-z]+(?: items)?)/.exec(
      prompt,
    ) ?? [];
  switch (questionType) {
    case 'count-difference':
      return count(description, one) - count(description, other);
    case 'count-product':
      return count(description, one) * count(description, other);
    case 'count-cost': {
      const [a = 0, b = 0] = digits(prompt);
      return a * count(description, one) + b * count(description, other);
    }
    case 'chart-difference': {
      const [, high = '', low = ''] = /the (\w+) \w+ than the (\w+)/.exec(prompt) ?? [];
      return value(high) - value(low);
    }
    case 'chart-total':
      return sum(digits(description));
    case 'table-sum': {
      const [, kind, name = ''] = /(row|column) (\w)/.exec(prompt) ?? [];
      return kind === 'row'
        ? sum(digits(new RegExp(`Row ${name}: [^.]*`).exec(description)?.[0] ?? ''))
        : sum(
            [...description.matchAll(new RegExp(`\\b${name} (\\d)`, 'g'))].map(([, digit]) => Number(digit)),
          );
    }
    case 'expression': {
      const [a = 0, b = 0] = digits(description);
      return description.includes('+') ? a + b : description.includes('-') ? a - b : a * b;
    }
    case 'area': {
      const [a = 0, b = 0] = digits(description);
      return a * b;
    }
    case 'perimeter':
      return 2 * sum(digits(description));
    default:
      throw new Error(`no oracle for ${questionType}`);
  }
}

test('math questions can be answered from their descriptions', () => {
  const items = made('math-targeted-vqa', 500);
  for (const item of items)
    expect(`${item.id} ${item.prompt} ${answerFromText(item)}`).toBe(
      `${item.id} ${item.prompt} ${item.answer}`,
    );
  expect(new Set(items.map(({ questionType }) => questionType)).size).toBe(9);
});

test('questions of the math kind are graded: more to compute at every level', () => {
  const items = made('math-targeted-vqa', 500);
  const steps = [1, 2, 3].map((level) => {
    const ofLevel = items.filter((item) => item.level === level);
    expect(ofLevel.length).toBeGreaterThan(30);
    return (
      ofLevel.reduce((total, { rationale }) => total + rationale.split('=').length - 1, 0) / ofLevel.length
    );
  });
  expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
});

test('answers are among the choices', () => {
  for (const { choices, answer } of made('general-vqa', 300)) if (choices) expect(choices).toContain(answer);
});

test('every kind of general question is asked, yes as often as no', () => {
  const items = made('general-vqa', 900);
  const kinds = new Map<string, number>();
  for (const { questionType } of items) kinds.set(questionType, (kinds.get(questionType) ?? 0) + 1);
  expect(kinds.size).toBe(10);
  for (const share of kinds.values()) expect(share).toBeGreaterThan(30);
  const yes = items.filter(({ answer }) => answer === 'Yes').length;
  const no = items.filter(({ answer }) => answer === 'No').length;
  expect(yes / (yes + no)).toBeGreaterThan(0.4);
  expect(yes / (yes + no)).toBeLessThan(0.6);
});

test.each(['general-vqa', 'math-targeted-vqa', 'problems', 'maze', 'clock', 'n_queens', 'move_box'] as const)(
  'there is a way to every answer of %s, to be learnt',
  (task) => {
    for (const { rationale } of made(task, 200)) expect(rationale).not.toBe('');
  },
);
