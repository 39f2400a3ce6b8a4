import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gradeResponse as gradeAblation } from '../probes/ablation/grade.ts';
import { gradeResponse } from './grade.ts';

interface Case {
  readonly right: string;
  readonly response: string;
  readonly choices?: readonly string[];
  /** What a careful person says. */
  readonly correct: boolean;
  /** It is told no options. */
  readonly mathVerify: boolean;
}

const cases = JSON.parse(
  readFileSync(new URL('../../tools/goldens/data/grading/responses.json', import.meta.url), 'utf8'),
) as readonly Case[];
const said = ({ right, response, correct }: Case): string => `${right} | ${response} | ${String(correct)}`;

describe('whole responses, right ones written unusually and wrong ones that look right', () => {
  it('are graded as a person grades them', () => {
    const wrong = cases.filter(
      ({ right, response, correct, choices }) =>
        gradeResponse({ answer: right, ...(choices ? { choices } : {}) }, response).correct !== correct,
    );
    expect(cases.length).toBeGreaterThan(140);
    expect(wrong.map(said)).toEqual([]);
  });

  it('are graded alike by ablation, but for numbers within 1 %', () => {
    const wrong = cases.filter(
      ({ right, response, correct, choices }) =>
        gradeAblation({ answer: right, hasImage: false, ...(choices ? { choices } : {}) }, response)
          .correct !== correct,
    );
    expect(wrong.map(said)).toEqual(['11,\\! 111 | \\boxed{11111.1} | false']);
  });
});

describe('a response that means to take long', () => {
  it.each([
    'The answer is' + ' '.repeat(50_000),
    'The answer is ' + '12 ('.repeat(10_000),
    '<answer>12 ' + '(5 a'.repeat(400) + ')'.repeat(400) + '</answer>',
    '<answer>12' + ', since'.repeat(10_000) + '</answer>',
    '<answer>12' + ' '.repeat(1900) + 'altogethe</answer>',
    '<answer>12 (' + '1 + '.repeat(230) + 'a)</answer>',
    '(['.repeat(20_000) + 'A' + ')'.repeat(20_000),
    'The answer is A. ' + '* '.repeat(20_000),
    '<answer>' + '1,\\! '.repeat(390) + '</answer>',
    '<answer>90' + '^ {'.repeat(600) + '</answer>',
  ])('is graded soon: %.24s', (response) => {
    const before = process.cpuUsage();
    const { correct } = gradeResponse({ answer: '9', choices: ['7', '8', '9'] }, response);
    expect(correct || gradeResponse({ answer: '9' }, response).correct).toBe(false);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});
