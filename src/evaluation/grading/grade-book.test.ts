import { describe, expect, it } from 'vitest';
import type { Answer } from '../answers/answer.ts';
import type { AnswerSettings, Ask } from '../answers/ask.ts';
import type { Experiment } from '../experiment.ts';
import { gradeAll, type GradeRequest } from '../tables/graded.ts';
import { PROMPT_STYLES } from '../prompt-style.ts';
import type { Asked } from '../variant.ts';
import { Grader } from './client.ts';
import { GradeBook } from './grade-book.ts';

const setting = { name: 'A_prompt_only', input: 'question_only' } as const;
const experiment: Experiment = {
  name: 'reasoning_math500',
  description: '',
  metric: 'M_rea',
  samples: [],
  settings: [setting],
};
const settings: AnswerSettings = {
  ...{ style: PROMPT_STYLES.demo, maxNewTokens: 1, maxImagePixels: 1, imageProcessing: null },
  ...{ device: 'wasm', dtype: 'f32' },
};
const ask = (key: string, answer: string): Ask<Asked> => ({
  ...{ key, experiment, setting, settings, prompt: '' },
  variant: { name: 'IN', fingerprint: 'IN', sources: [] },
  sample: { id: key, question: 'q', answer },
});
const said = (text: string): Answer => ({ text, stop: 'end' });

/** A grader that notes what it was asked. */
function watched(): { grader: Pick<Grader, 'grade'>; asked: GradeRequest[] } {
  const asked: GradeRequest[] = [];
  const inner = new Grader();
  const grade: Grader['grade'] = (requests, onBatch, signal) => {
    asked.push(...requests);
    return inner.grade(requests, onBatch, signal);
  };
  return { grader: { grade }, asked };
}

describe('a book of grades', () => {
  const asks = [ask('a', '1/2'), ask('b', '3'), ask('c', '4'), ask('a', '7')];

  it('grades each answer once, in the order of the asks, as all at once are graded', async () => {
    const [book, { grader, asked }] = [new GradeBook(), watched()];
    const answers = new Map<string, Answer>();
    for (const [key, text] of [
      ['b', '3'],
      ['a', '0.5'],
      ['c', '5'],
    ] as const) {
      answers.set(key, said(text));
      await book.update(asks, answers, grader);
      expect(book.list(asks)).toEqual(gradeAll(asks, answers));
    }
    expect(asked.map(({ question, response }) => `${question.answer}|${response}`)).toEqual([
      ...['3|3', '1/2|0.5', '7|0.5', '4|5'],
    ]);
  });

  it('grades anew what was answered or asked anew, and forgets what is asked no more', async () => {
    const [book, { grader, asked }] = [new GradeBook(), watched()];
    const answers = new Map([['b', said('3')]]);
    await book.update(asks, answers, grader);
    await book.update(asks, new Map([['b', said('4')]]), grader);
    expect(book.list(asks).map(({ correct }) => correct)).toEqual([false]);
    const others = [ask('b', '4')];
    await book.update(others, new Map([['b', said('4')]]), grader);
    expect(book.list(others).map(({ correct }) => correct)).toEqual([true]);
    expect(book.list(asks)).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it('stops where it is cancelled, and goes on from there', async () => {
    const many = Array.from({ length: 120 }, (_, index) => ask(String(index), '1'));
    const answers = new Map(many.map(({ key }) => [key, said('1')]));
    const [book, controller] = [new GradeBook(), new AbortController()];
    const cancelled = book.update(many, answers, new Grader(), {
      onGraded: () => controller.abort(),
      signal: controller.signal,
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(book.list(many)).toHaveLength(50);
    const { grader, asked } = watched();
    await book.update(many, answers, grader);
    expect(asked).toHaveLength(70);
    expect(book.list(many)).toEqual(gradeAll(many, answers));
  });

  it('says what a refusal is', async () => {
    const refusal = new Map<string, Answer>([['b', { text: '3', stop: 'refused' }]]);
    const book = new GradeBook();
    await book.update(asks, refusal, new Grader());
    expect(book.list(asks)).toMatchObject([{ correct: false, rule: 'refused' }]);
  });
});
