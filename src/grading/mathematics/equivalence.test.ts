import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { equivalent } from './equivalence.ts';

interface Case {
  readonly group: 'equal' | 'different' | 'beyond' | 'hard';
  readonly right: string;
  readonly given: string;
  readonly mathVerify: boolean;
}

const file = new URL('../../../tools/goldens/data/grading/equivalence.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly Case[];
const counted = cases.filter(({ group }) => group === 'equal' || group === 'different');

const said = ({ right, given }: Case): string => `${right} | ${given}`;
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
