import { describe, expect, it } from 'vitest';
import { parseBox } from './box.ts';
import { parseCount } from './count.ts';
import { finalAnswer } from './final-answer.ts';
import { changed, destination, isAnswer, sameAnswer } from './judged.ts';
import { normaliseAnswer, sameText } from './normalise.ts';
import { parseYesNo } from './yes-no.ts';

describe('what a response finally says', () => {
  it.each([
    ['<think>Two and three.</think>\n<answer>5</answer>', '5'],
    ['<answer>4</answer> no, <answer> 5 </answer>', '5'],
    ['<think>long</think>\n\nFive items.', 'Five items.'],
    ['<think>cut off', '<think>cut off'],
    ['<think>a</think><answer>5', '5'],
    ['  plain ', 'plain'],
  ])('%j is %j', (response, said) => expect(finalAnswer(response)).toBe(said));
});

describe('text as the reference compares it', () => {
  it('is lower case, trimmed, without punctuation at the end', () => {
    expect(normaliseAnswer('  Yes!?. ')).toBe('yes');
    expect(normaliseAnswer('a.b.')).toBe('a.b');
  });

  it('is compared exactly below 20 characters, and by containment from there on', () => {
    expect(sameText('Stone', 'stone.')).toBe(true);
    expect(sameText('stone', 'stones')).toBe(false);
    expect(sameText('stone', 'The word in it is stone')).toBe(true);
    expect(sameText('The word in it is bone', 'The word in it is stone')).toBe(false);
  });
});

describe('counts', () => {
  it.each([
    ['There are 5 items, 2 of them red.', 5],
    ['Twelve.', 12],
    ['I see 3 and 4: \\boxed{ 7 }', 7],
    ['10', 10],
    ['5.', 5],
    ['about 3.5', null],
    ['none', null],
  ])('%j is %j', (answer, count) => expect(parseCount(answer)).toBe(count));
});

describe('yes and no', () => {
  it.each([
    ['No, there is not.', 'no'],
    ['YES', 'yes'],
    ['I know nothing', null],
  ])('%j is %j', (answer, said) => expect(parseYesNo(answer)).toBe(said));
});

describe('boxes', () => {
  it.each([
    ['283,278,368,348', [283, 278, 368, 348]],
    ['[283, 278, 368, 348]', [283, 278, 368, 348]],
    ['(15, 320), (81, 382).', [15, 320, 81, 382]],
    ['```json\n[{"bbox_2d": [10.5, 20, 30, 40], "label": "red circle"}]', [10.5, 20, 30, 40]],
    ['x1=5, y1=6, x2=1, y2=2', [1, 2, 5, 6]],
    ['at 3, 4 and 5', null],
    ['1,2,3', null],
  ])('%j is %j', (answer, box) => expect(parseBox(answer)).toEqual(box));
});

describe('changed', () => {
  const source = { sourceAnswer: '[15, 320, 81, 382]' };

  it('ocr: the text differs; the reference also takes containment for the same', () => {
    const truth = { sourceAnswer: 'pump' };
    expect(changed('ocr', 'paper', 'Chalk.', 'chalk', truth)).toBe(false);
    expect(changed('ocr', 'paper', 'chalk', 'pump', truth)).toBe(true);
    expect(changed('ocr', 'paper', 'chalk', 'the word shown is chalk', truth)).toBe(true);
    expect(changed('ocr', 'reference', 'chalk', 'the word shown is chalk', truth)).toBe(false);
  });

  it('counting: the count differs, whatever the words', () => {
    const truth = { sourceAnswer: '10' };
    expect(changed('counting', 'paper', 'There are 3 items', 'Three.', truth)).toBe(false);
    expect(changed('counting', 'reference', 'There are 3 items', 'Three.', truth)).toBe(true);
    expect(changed('counting', 'paper', '3', '10', truth)).toBe(true);
    expect(changed('counting', 'paper', '3', 'no idea', truth)).toBe(true);
  });

  it('grounding: the box is at the source’s place', () => {
    expect(changed('grounding', 'paper', '283,278,368,348', '14,318,80,380', source)).toBe(true);
    expect(changed('grounding', 'paper', '283,278,368,348', '100,100,200,200', source)).toBe(false);
    expect(changed('grounding', 'reference', '283,278,368,348', '100,100,200,200', source)).toBe(true);
    // A model that was there already counts, and `changed` of the original answer says so.
    expect(changed('grounding', 'paper', '15,320,81,382', '15,320,81,382', source)).toBe(true);
    const strict = { ...source, iouThreshold: 0.99 };
    expect(changed('grounding', 'paper', '', '14,318,80,380', strict)).toBe(false);
  });

  it('recognition: the answer is the source’s', () => {
    const truth = { sourceAnswer: 'No' };
    expect(changed('recognition', 'paper', 'Yes', 'No.', truth)).toBe(true);
    expect(changed('recognition', 'paper', 'Yes', 'Maybe', truth)).toBe(false);
    expect(changed('recognition', 'reference', 'Yes', 'Maybe', truth)).toBe(true);
  });
});

describe('where the answer went', () => {
  const box = { sourceAnswer: '[15, 320, 81, 382]' };
  it.each([
    ['counting', '3', 'three', { sourceAnswer: '10' }, 'unchanged'],
    ['counting', '3', '10', { sourceAnswer: '10' }, 'source'],
    ['counting', '3', '7', { sourceAnswer: '10' }, 'elsewhere'],
    ['counting', '3', '7', { sourceAnswer: '' }, 'elsewhere'],
    ['grounding', '283,278,368,348', '280,278,368,348', box, 'unchanged'],
    ['grounding', '283,278,368,348', '15,320,81,380', box, 'source'],
    ['grounding', '283,278,368,348', 'nowhere', box, 'elsewhere'],
    ['recognition', 'Yes.', 'No', { sourceAnswer: 'No' }, 'source'],
    ['ocr', 'chalk', 'Pump.', { sourceAnswer: 'pump' }, 'source'],
  ] as const)('%s: from %j to %j', (task, original, swapped, truth, where) => {
    expect(destination(task, original, swapped, truth)).toBe(where);
  });

  it('compares what cannot be read as text', () => {
    expect(sameAnswer('grounding', 'Nowhere.', 'nowhere')).toBe(true);
    expect(isAnswer('counting', 'many', '')).toBe(false);
  });
});
