import { describe, expect, it } from 'vitest';
import { resultFiles } from '../evaluation/testing/results.ts';
import { readResults } from '../evaluation/testing/results.ts';
import { experimentsOf } from '../evaluation/results/experiments-of.ts';
import { type Gap, gapTable, undecidedOf } from '../evaluation/perception/gap-table.ts';
import { scoreResponses } from '../evaluation/perception/response-scores.ts';
import { type GradedAnswer } from '../evaluation/tables/graded.ts';
import { metricTable } from '../evaluation/tables/metric-table.ts';
import { ablationResultLines } from '../probes/ablation/error-rates.ts';
import { gradeResponse } from './grade.ts';
import { equivalent } from './mathematics/equivalence.ts';
import { rewardOf } from './rewards/rewards.ts';
import { decided, inSteps, MAX_STEPS, NOT_DECIDED, OutOfSteps, step } from './steps.ts';

/** Sums in two variables as a set, in either order: each is compared with each, at five points. */
const sums = (backwards: boolean): string => {
  const items = Array.from({ length: 280 }, (_, index) => `${100 + (backwards ? 279 - index : index)}x+y`);
  return `\\{${items.join(',')}\\}`;
};
const ENDLESS = { answer: sums(false), response: `<think></think><answer>${sums(true)}</answer>` };
const question = { answer: ENDLESS.answer };

describe('a verdict that takes more steps than an answer is worth', () => {
  it('has a name, counts as not right, and is the same each time', () => {
    const grade = gradeResponse(question, ENDLESS.response);
    expect(grade).toMatchObject({ correct: false, rule: NOT_DECIDED, predicted: { from: 'answer-tag' } });
    expect(gradeResponse(question, ENDLESS.response)).toEqual(grade);
    expect(() => equivalent(sums(false), sums(true))).toThrow(OutOfSteps);
    expect(gradeResponse(question, `<answer>${ENDLESS.answer}</answer>`).correct).toBe(true);
  });

  it('is told by rewards, and by ablation in its record', () => {
    const parts = rewardOf('vanilla', ENDLESS.response, ENDLESS.answer, equivalent).parts;
    expect(parts.find(({ tag }) => tag === 'answer')).toMatchObject({ score: 0, answerRule: NOT_DECIDED });
    const said = { text: ENDLESS.response, tokens: 1, stop: 'eos' } as const;
    const record = { id: '1', question: 'q', ...question, hasImage: false, baseline: said, ablated: [] };
    const lines = ablationResultLines([record as never], null, { name: 'm', type: 't' });
    expect(lines).toMatchObject([{ correct: false, rule: NOT_DECIDED }]);
  });

  it('is counted once where rewards are averaged, however many rewards ask for it', () => {
    const scored = { response: ENDLESS.response, goldAnswer: ENDLESS.answer };
    const plain = { response: '<answer>1</answer>', goldAnswer: '1' };
    const scores = scoreResponses([scored, plain]);
    expect(scores).toMatchObject({ n: 2, notDecidedInTime: 1 });
    expect(scoreResponses([plain])).not.toHaveProperty('notDecidedInTime');
  });

  it('is counted in the tables and stands in the files of results', async () => {
    const answer = (id: string, rule: NonNullable<GradedAnswer['rule']>): GradedAnswer => ({
      ...{ variant: 'IN', experiment: 'pure_reasoning', metric: 'M_rea', settingIndex: 0 },
      ...{ setting: 'A_prompt_only', input: 'text', id, question: 'q', goldAnswer: '1', response: 'r' },
      ...{ predicted: '', found: 'boxed', rule, correct: false },
    });
    const graded = [answer('1', NOT_DECIDED), answer('2', 'equivalence'), answer('3', NOT_DECIDED)];
    const rows = metricTable(graded, 'IN');
    expect(rows[0]?.cells.M_rea).toMatchObject({ n: 3, hits: 0, undecided: 2 });
    const files = resultFiles(rows, graded, experimentsOf(graded), {});
    const summary = JSON.parse(files.get('IN/pure_reasoning/summary.json') ?? '') as object;
    expect(summary).toMatchObject({ frankenscope: { notDecidedInTime: 2 } });
    const blobs = new Map([...files].map(([path, text]) => [path, new Blob([text])]));
    const back = await readResults(blobs);
    expect(back.map(({ rule }) => rule)).toEqual([NOT_DECIDED, 'equivalence', NOT_DECIDED]);
    const judged = graded.map((one) => ({ ...one, verdicts: { judge: true }, correct: true }));
    expect(metricTable(judged, 'IN')[0]?.cells.M_rea).toMatchObject({ hits: 3, undecided: 0 });
    const puzzles = graded.flatMap((one) =>
      ([0, 1] as const).map((settingIndex) => ({ ...one, metric: 'gap' as const, settingIndex })),
    );
    expect(gapTable(puzzles)[0]?.pooled['all']?.image).toMatchObject({ n: 3, notDecidedInTime: 2 });
    expect(undecidedOf(gapTable(puzzles)[0]?.pooled['all'] as Gap)).toBe(4);
  });

  it('counts inner decisions in the outer one, and leaves nothing behind', () => {
    const half = MAX_STEPS / 2;
    expect(decided(() => (step(half), 'yes'), 'no')).toBe('yes');
    const both = (): string => {
      inSteps(() => step(half));
      inSteps(() => step(half + 1));
      return 'yes';
    };
    expect(decided(both, 'no')).toBe('no');
    expect(() => step(10 * MAX_STEPS)).not.toThrow();
    expect(() =>
      decided(() => {
        throw new TypeError('other');
      }, 'no'),
    ).toThrow('other');
  });

  it('is no matter of length: what is longer than an answer is compared as it stands', () => {
    const long = 'a'.repeat(2001);
    expect(gradeResponse({ answer: '1' }, `<answer>${long}</answer>`)).toMatchObject({
      ...{ correct: false, rule: 'too long' },
    });
    expect(gradeResponse({ answer: long }, `<answer>${long}</answer>`).correct).toBe(true);
  });
});

describe('numbers beyond all measure', () => {
  const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89];
  const bits = (prime: number): number => prime.toString(2).length + 1;
  it.each([
    ['sums of fractions', primes.map((prime) => `1/${prime}^${Math.floor(4096 / bits(prime))}`).join('+')],
    ['products of powers', '(9^999)*'.repeat(200) + '1'],
    ['towers', '10^{10^{10^{10}}}'],
    ['factorials', '((99!)!)!'],
    ['binomials', '\\binom{99999999999}{49999999999}'],
    ['signs', '-'.repeat(1900) + '2'],
    ['towers of powers', '2^'.repeat(900) + '2'],
    ['brackets', '('.repeat(900) + '1' + ')'.repeat(900)],
    ['tuples in tuples', '(1,'.repeat(480) + '1' + ')'.repeat(480)],
    ['roots', '\\sqrt'.repeat(380) + '2'],
    ['repeating digits', `0.\\overline{${'3'.repeat(1900)}}`],
    ['chains of equals', '1='.repeat(990) + '1'],
  ])('%s take no second', (_, answer) => {
    const before = process.cpuUsage();
    const choices = ['1', '2', '3', '4', '5', '6', '7', '9'];
    expect(gradeResponse({ answer: '9', choices }, `\\boxed{${answer}}`).correct).toBe(false);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});
