import { afterEach, describe, expect, it } from 'vitest';
import { experimentsOf } from '../evaluation/results/experiments-of.ts';
import { readResults } from '../evaluation/testing/results.ts';
import { resultFiles } from '../evaluation/testing/results.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import { metricTable } from '../evaluation/tables/metric-table.ts';
import type { Client } from './client.ts';
import type { Endpoint } from './endpoint.ts';
import {
  byRules,
  judgeAgreement,
  judgeAll,
  judgeQuestion,
  type JudgeVerdict,
  readVerdict,
  withVerdicts,
} from './judge.ts';
import { fakeService, type FakeService, type SeenRequest } from './testing/fake-service.ts';

let service: FakeService;
let started: FakeService | null = null;
afterEach(async () => {
  await started?.close();
  started = null;
});

async function judge(behave: (request: SeenRequest) => string | { refuse: string }): Promise<Client> {
  service = started = await fakeService(behave);
  const endpoint: Endpoint = {
    ...{ dialect: 'openai', url: service.url, model: 'judge-1' },
    ...{ temperature: 0, limitField: 'max_tokens' },
  };
  const patience = { timeoutMs: 60_000, attempts: 1, firstWaitMs: 1, longestWaitMs: 1 };
  return { endpoint, key: 'sk-judge-key', patience };
}

const record = (id: string, predicted: string, correct: boolean, response = `It is ${predicted}.`) =>
  JSON.stringify({
    ...{ id, input_type: 'question_only', question: `Question ${id}`, gold_answer: 'half' },
    ...{ predicted, correct, full_response: response, model_type: 'm', model: 'IN' },
  });
const LINES = [
  record('0', 'half', true),
  record('1', 'one part of two', false),
  record('2', 'half a dozen', true),
  record('3', 'nothing', false),
  record('4', '', false, ''),
  record('5', 'odd', true),
];
const read = (lines: readonly string[]) =>
  readResults(new Map([['IN/reasoning_math500/A_prompt_only.jsonl', new Blob([lines.join('\n')])]]));

/** What the judge of these tests thinks of each response. */
function opinion({ prompt }: SeenRequest): string | { refuse: string } {
  if (prompt.includes('one part of two')) return 'These mean the same. Verdict: CORRECT';
  if (prompt.includes('dozen')) return 'INCORRECT';
  if (prompt.includes('nothing')) return '**Incorrect**.';
  if (prompt.includes('odd')) return { refuse: 'I would rather not.' };
  return 'correct';
}

describe('regrading by a judge', () => {
  it('keeps both verdicts of every judged record, in the table, the files and back', async () => {
    const client = await judge(opinion);
    const rules = await read(LINES);
    const verdicts = await judgeAll(client, 3, rules);
    // Nobody is asked about an empty response.
    expect(service.seen).toHaveLength(5);
    expect(service.seen.every(({ images }) => images.length === 0)).toBe(true);
    const judged = await withVerdicts(rules, verdicts);
    expect(judged.map(({ correct }) => correct)).toEqual([true, true, false, false, false, true]);
    expect(judged.map(({ verdicts: both }) => both)).toEqual([
      { rule: true, judge: true },
      { rule: false, judge: true },
      { rule: true, judge: false },
      { rule: false, judge: false },
      undefined,
      undefined,
    ]);
    const rows = metricTable(judged, 'IN');
    expect(rows[0]?.cells.M_rea).toMatchObject({ n: 6, hits: 3 });
    const files = resultFiles(rows, judged, experimentsOf(judged), { judge: client.endpoint });
    const text = files.get('IN/reasoning_math500/A_prompt_only.jsonl') ?? '';
    const second = JSON.parse(text.split('\n')[1] ?? '') as object;
    expect(second).toMatchObject({ correct: false, correct_gpt: true, correct_primary: true });
    expect([...files.values()].join('')).not.toContain(client.key);
    const back = await readResults(new Map([...files].map(([path, file]) => [path, new Blob([file])])));
    expect(back.map(({ correct, verdicts: both }) => [correct, both])).toEqual(
      judged.map(({ correct, verdicts: both }) => [correct, both]),
    );
    expect(byRules(back).map(({ correct }) => correct)).toEqual(rules.map(({ correct }) => correct));
    const agreement = judgeAgreement(back);
    expect([agreement.n, agreement.agree]).toEqual([4, 2]);
    expect(agreement.judgeOnly.map(({ id }) => id)).toEqual(['1']);
    expect(agreement.ruleOnly.map(({ id }) => id)).toEqual(['2']);
  });

  it('does not ask again what is kept, and an earlier judge gives way', async () => {
    const client = await judge(opinion);
    const kept = new Map<string, JudgeVerdict>();
    const onRecord = (key: string, verdict: JudgeVerdict): void => void kept.set(key, verdict);
    const rules = await read(LINES);
    const first = await withVerdicts(rules, await judgeAll(client, 1, rules, { onRecord }));
    const asked = service.seen.length;
    const again = await judgeAll(client, 1, first, { finished: kept });
    expect(service.seen).toHaveLength(asked);
    expect(await withVerdicts(first, again)).toEqual(first);
    const reversed = new Map(
      [...kept].map(([key, { said }]) => [key, { verdict: 'incorrect' as const, said }]),
    );
    const other = await withVerdicts(first, reversed);
    expect(other[0]).toMatchObject({ correct: false, verdicts: { rule: true, judge: false } });
  });

  it('shows the judge the options, and neither the model nor the rules’ verdict', async () => {
    const [answer] = (await read(LINES)) as [GradedAnswer];
    const { prompt } = judgeQuestion({ ...answer, choices: ['a third', 'half'] });
    expect(prompt).toContain('A. a third\nB. half');
    expect(prompt).not.toMatch(/\bIN\b|true|false/);
  });

  it.each([
    ['CORRECT', 'correct'],
    ['The verdict: incorrect.', 'incorrect'],
    ['It looks incorrect at first, but it is CORRECT', 'correct'],
    ['not correct', 'incorrect'],
    ['not incorrect', 'unclear'],
    ['I cannot tell', 'unclear'],
    ['', 'unclear'],
    ['incorrectly put', 'unclear'],
  ])('"%s" says %s', (said, verdict) => {
    expect(readVerdict(said).verdict).toBe(verdict);
  });
});
