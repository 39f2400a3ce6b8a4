import { describe, expect, it } from 'vitest';
import { gradeResponse } from './grade.ts';
import { countReasoning, perHundredWords, tokensPerTag } from './measures.ts';
import { fourDecimals, summarize, transitions } from './metrics.ts';

describe('grading a response', () => {
  it.each([
    [{ answer: '7' }, '<think>3 + 4</think><answer>7</answer>', true, 'equivalence'],
    [{ answer: '7' }, '<think>7</think><answer>8</answer>', false, 'equivalence'],
    [{ answer: '7' }, 'So we have 7 apples', true, 'equivalence'],
    [{ answer: 'Yes' }, 'yes.', true, 'equivalence'],
    [{ answer: 'red' }, 'It is blue', false, 'equivalence'],
    [{ answer: '4:50' }, '04:50', true, 'equivalence'],
    [{ answer: '\\frac{1}{2}' }, 'Therefore \\boxed{0.5}.', true, 'equivalence'],
    [{ answer: '7' }, '', false, 'no answer'],
    [{ answer: 'dog', choices: ['cat', 'dog'] }, '\\boxed{B}', true, 'multiple choice'],
    [{ answer: 'B', choices: ['cat', 'dog'] }, '\\boxed{dog}', true, 'multiple choice'],
    [{ answer: 'dog', choices: ['cat', 'dog'] }, '\\boxed{A}', false, 'multiple choice'],
    [{ answer: 'No', choices: ['Yes', 'No'] }, 'No', true, 'multiple choice'],
    [{ answer: '12', choices: ['12', '13'] }, '\\boxed{12.0}', true, 'multiple choice'],
    [{ answer: '0,0,10,10', questionType: 'box' }, '<answer>0,0,10,9</answer>', true, 'box overlap'],
    [{ answer: '0,0,10,10', questionType: 'box' }, '<answer>0,0,10,5</answer>', false, 'box overlap'],
  ])('%j: %s', (question, response, correct, rule) => {
    expect(gradeResponse(question, response)).toMatchObject({ correct, rule });
  });

  it('lets numbers differ by 1 % only where that is asked for', () => {
    expect(gradeResponse({ answer: '200' }, '\\boxed{199}').correct).toBe(false);
    expect(gradeResponse({ answer: '200' }, '\\boxed{199}', { relativeTolerance: 0.01 }).correct).toBe(true);
    expect(gradeResponse({ answer: '200' }, '\\boxed{197}', { relativeTolerance: 0.01 }).correct).toBe(false);
  });
});

describe('transitions', () => {
  it('are counted and summed up as in docs/method.md §7.2', () => {
    const samples = [
      ...Array.from({ length: 3 }, () => ({ a: true, b: true })),
      ...Array.from({ length: 4 }, () => ({ a: true, b: false })),
      ...Array.from({ length: 2 }, () => ({ a: false, b: true })),
      { a: false, b: false },
    ];
    expect(summarize(transitions(samples))).toEqual({
      ...{ N: 10, acc_A: 0.7, acc_B: 0.5, delta_acc: 0.2, n_TT: 3, n_TF: 4, n_FT: 2, n_FF: 1 },
      ...{ net_gain: -2, side_effect_rate: 4 / 7, lift_rate: 2 / 3 },
    });
  });

  it('of nothing are 0, and files have four decimals', () => {
    expect(summarize(transitions([]))).toMatchObject({ N: 0, acc_A: 0, side_effect_rate: 0, lift_rate: 0 });
    expect(fourDecimals(2 / 3)).toBe(0.6667);
  });
});

describe('reasoning measures', () => {
  it('count within what reasons', () => {
    const response =
      '<think>In the image I see a dog. Wait, let me check. Actually it is a cat.</think><answer>Wait, I see a cat</answer>';
    expect(countReasoning(response)).toEqual({ words: 16, selfReflections: 3, visualReferences: 2 });
    expect(perHundredWords(3, 16)).toBe(18.75);
    expect(perHundredWords(0, 0)).toBe(0);
  });

  it('take all before the answer where nothing is tagged', () => {
    expect(countReasoning('Hmm, the picture shows two.<answer>2</answer>')).toMatchObject({
      selfReflections: 1,
      visualReferences: 1,
    });
  });

  it('count tokens by tag', () => {
    const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;
    const response = '<think>one two <visual>three</visual></think><answer>four</answer>';
    expect(tokensPerTag(response, words)).toEqual({ think: 3, visual: 1, answer: 1 });
  });
});
