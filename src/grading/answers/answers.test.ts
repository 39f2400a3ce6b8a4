import { describe, expect, it } from 'vitest';
import { lastBoxed } from './boxed.ts';
import { intersectionOverUnion, parseBox } from './box.ts';
import { chosenOption } from './choice.ts';
import { boxFound, exactlyRight } from './exact.ts';
import { extractAnswer } from './extraction.ts';

describe('extraction', () => {
  it.each([
    ['<think>12</think><answer>4:50</answer>', '4:50', 'answer-tag'],
    ['<answer>1</answer> no, <answer> 2 </answer>', '2', 'answer-tag'],
    ['<answer>\\boxed{7}</answer>', '7', 'answer-tag'],
    ['<answer></answer> so \\boxed{3}', '3', 'boxed'],
    ['\\boxed{1}, then \\boxed{\\frac{1}{2}}', '\\frac{1}{2}', 'boxed'],
    ['\\boxed{\\{1, \\frac{a}{b}\\}}', '\\{1, \\frac{a}{b}\\}', 'boxed'],
    ['a box \\boxed{2} and one that \\boxed{never closes', '2', 'boxed'],
    ['\\boxed 5.', '5', 'boxed'],
    ['So the answer is 3.5. That was easy.', '3.5', 'answer-is'],
    ['The answer is: **12 apples**.', '12 apples', 'answer-is'],
    ['First the answer is 3. No, the final answer is 4', '4', 'answer-is'],
    ['The answer is 4! = 24', '4! = 24', 'answer-is'],
    ['The answer is 4! Done.', '4', 'answer-is'],
    ['Answer: (B) cat', '(B) cat', 'answer-is'],
    ['We get 1,234.5 in all', '1,234.5', 'last-number'],
    ['from 3 to -4', '-4', 'last-number'],
    ['a third is 1/3', '1/3', 'last-number'],
    ['that is 12%', '12%', 'last-number'],
    ['no number here', '', 'none'],
    ['', '', 'none'],
  ])('%s', (response, text, from) => {
    expect(extractAnswer(response)).toEqual({ text, from });
  });

  it('lets a short answer stand as it is where that is asked for', () => {
    expect(extractAnswer(' Yes ', { whole: true })).toEqual({ text: 'Yes', from: 'whole' });
    expect(extractAnswer('<answer>No</answer> Yes', { whole: true }).text).toBe('No');
  });

  it('reads nested boxes to their own end', () => {
    expect(lastBoxed('x \\boxed{a{b{c}}d} y }')).toBe('a{b{c}}d');
    expect(lastBoxed('\\boxed{')).toBeUndefined();
  });
});

describe('multiple choice', () => {
  const animals = ['cat', 'dog', 'a horse'];

  it.each([
    ['B', 1],
    ['(b)', 1],
    ['B.', 1],
    ['\\text{B}', 1],
    ['**B**', 1],
    ['option B', 1],
    ['the answer is B', 1],
    ['B. dog', 1],
    ['(B) dog', 1],
    ['B: because it barks', 1],
    ['Dog', 1],
    ['A horse', 2],
    ['a horse.', 2],
    ['B. cat', undefined],
    ['D', undefined],
    ['Because', undefined],
    ['horse', undefined],
    ['', undefined],
  ])('%s', (answer, option) => {
    expect(chosenOption(answer, animals)).toBe(option);
  });

  it('takes a letter that is an option for that option', () => {
    expect(chosenOption('B', ['A', 'C', 'B'])).toBe(2);
  });
});

describe('boxes', () => {
  it('overlap by intersection over union', () => {
    expect(intersectionOverUnion([0, 0, 10, 10], [5, 0, 15, 10])).toBeCloseTo(1 / 3, 12);
    expect(intersectionOverUnion([0, 0, 10, 10], [0, 0, 10, 10])).toBe(1);
    expect(intersectionOverUnion([0, 0, 10, 10], [10, 0, 20, 10])).toBe(0);
    expect(intersectionOverUnion([5, 5, 5, 5], [5, 5, 5, 5])).toBe(0);
  });

  it('are found above one half, not at it', () => {
    expect(boxFound('0,0,10,10', '[0, 0, 10, 6]')).toBe(true);
    expect(boxFound('0,0,10,10', '0,0,10,5')).toBe(false);
    expect(parseBox('1,2,3')).toBeUndefined();
    expect(parseBox('1,2,3,4,5')).toBeUndefined();
  });
});

describe('exact answers', () => {
  it.each([
    ['7', '07', true],
    ['7', '7.0', false],
    ['Yes', ' yes ', true],
    ['4:50', '04:50', false],
    ['10', '1', false],
  ])('%s and %s: %s', (right, given, same) => {
    expect(exactlyRight(right, given)).toBe(same);
  });
});
