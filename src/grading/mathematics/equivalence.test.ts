import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gradeResponse } from '../grade.ts';
import { equivalent } from './equivalence.ts';

interface Case {
  readonly group: 'equal' | 'different' | 'beyond' | 'hard';
  readonly right: string;
  readonly given: string;
  readonly mathVerify: boolean;
}

interface Unseen {
  readonly round: 1 | 2 | 3 | 4 | 5;
  readonly right: string;
  readonly given: string;
  /** What a careful person says. */
  readonly equal: boolean;
  /** `given` is a whole response. */
  readonly response: boolean;
  readonly mathVerify: boolean;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../tools/goldens/data/grading/${name}`, import.meta.url), 'utf8'));
const cases = read('equivalence.json') as readonly Case[];
const unseen = read('unseen.json') as readonly Unseen[];
const counted = cases.filter(({ group }) => group === 'equal' || group === 'different');

const said = ({ right, given }: Pick<Case, 'right' | 'given'>): string => `${right} | ${given}`;
const verdict = ({ right, given }: Case): boolean => equivalent(right, given);

describe('equivalence', () => {
  it('agrees with math_verify on at least 99 % of a few hundred cases', () => {
    const disagreements = counted.filter((one) => verdict(one) !== one.mathVerify).map(said);
    expect(counted.length).toBeGreaterThan(300);
    expect(disagreements).toEqual([]);
  });

  it('says what a person says', () => {
    const wrong = cases.filter((one) => verdict(one) !== (one.group === 'equal' || one.group === 'beyond'));
    expect(wrong.map(said)).toEqual([]);
  });

  it('takes none of the hard negatives for right, whichever is the right answer', () => {
    const hard = cases.filter(({ group }) => group === 'hard');
    const fooled = hard.filter(({ right, given }) => equivalent(right, given) || equivalent(given, right));
    expect(hard.length).toBeGreaterThan(50);
    expect(fooled.map(said)).toEqual([]);
  });

  it('is the same in either direction', () => {
    const lopsided = cases.filter(
      ({ right, given }) => equivalent(right, given) !== equivalent(given, right),
    );
    expect(lopsided.map(said)).toEqual([]);
  });
});

describe('answers that were unseen when they were written', () => {
  const verdictOf = ({ right, given, response }: Unseen): boolean =>
    response ? gradeResponse({ answer: right }, given).correct : equivalent(right, given);

  /** Those that math_verify has right, and those that it has wrong, too. */
  const missed = ['9 | The answer is nine, that is 9.', '3:2 | 1.5'];
  const missedByBoth = [
    '\\frac{1}{2} | \\boxed{\\text{The answer is }\\frac{1}{2}}',
    '5厘米 | 5米',
    '1:2:3 | 2:4:6',
    '2.5 million | 2500000',
    '5 m/s | 5\\,\\mathrm{m\\,s^{-1}}',
    '20 K | 20',
    '5 | at least 5',
    'log 100 | 2',
    'ln e | 1',
    '\\sin 30^\\circ | 0.5',
    '\\tan 45° | 1',
    'dog | <answer>a dog</answer>',
    '42 | <think>\\boxed{41}</think>42',
    '20 sq. cm | 20 cm',
  ];

  it('are graded as a person grades them, but for a few that docs/grading.md lists', () => {
    expect(unseen.length).toBeGreaterThan(1000);
    const wrong = unseen.filter((one) => verdictOf(one) !== one.equal).map(said);
    expect(wrong.sort()).toEqual([...missed, ...missedByBoth].sort());
  });

  it('are graded as math_verify grades them, wherever it is right', () => {
    const trusted = unseen.filter(({ equal, mathVerify }) => equal === mathVerify);
    expect(trusted.length / unseen.length).toBeGreaterThan(0.75);
    expect(trusted.filter((one) => verdictOf(one) !== one.mathVerify).map(said)).toEqual(missed);
  });
});

describe('what is no answer', () => {
  it.each([
    'a' + ' '.repeat(1900) + '=',
    'a' + '\\quad'.repeat(300) + '=',
    '{'.repeat(1900),
    'a+'.repeat(900) + 'a=5',
    '1' + ' 234'.repeat(450),
    '\\begin{pmatrix}'.repeat(120),
    '(A) '.repeat(450),
  ])('is told soon, however long: %.12s', (hostile) => {
    const before = process.cpuUsage();
    expect(equivalent('7', hostile)).toBe(false);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});

describe('percent, names, options and points left out', () => {
  it.each([
    ['3', 'a+b=3', true],
    ['a+b=3', '3', false],
    ['x=1 or x=2', '2', false],
    ['x=1 or x=2', '2, 1', true],
    ['x=1 and y=2', '2', false],
    ['R', 'r', true],
    ['2R', '2r', false],
    ['12.5\\%', '12.5', true],
    ['0.5\\%', '0.5', false],
    ['3', '3:1', false],
    ['A', '(A) 3', true],
    ['A', '(A) 3 or (B) 4', false],
    ['(x)(y)', '(x)(z)', false],
    ['(1,2)\\cup(2,3)', '(1,3)\\setminus\\{2\\}', true],
    ['(1,3)', '(1,3)\\setminus\\{4\\}', false],
    ['\\boxed{7}', '7', true],
    ['(1,2)', '1,2', true],
    ['[1,2]', '1,2', false],
  ])('%s, given %s: %s', (right, given, same) => {
    expect(equivalent(right, given)).toBe(same);
  });
});
