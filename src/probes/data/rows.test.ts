import { describe, expect, it } from 'vitest';
import { NamedError } from '../../named-error.ts';
import { problemPrompt } from '../problem-prompt.ts';
import { guessColumns } from './column-guess.ts';
import { parseColumns } from './columns.ts';
import { openProblems } from './problem-list.ts';
import { BASE, readRow, readRows, type Row } from './testing/rows.ts';
import { UnknownColumns } from './unknown-columns.ts';

describe('questions and answers', () => {
  it('may be a chat of one user turn, in parts too (verl, TRL)', async () => {
    const content = [
      { type: 'text', text: 'a ', index: null },
      { type: 'image', text: null, index: 0 },
      { type: 'text', text: ' b' },
    ];
    const prompt = [{ role: 'user', content }];
    const row = { prompt, reward_model: { style: 'rule', ground_truth: '3' }, images: ['images/0.png'] };
    expect((await readRows([row]))[0]).toMatchObject({ question: 'a  b', around: ['a ', ' b'], answer: '3' });
  });

  it.each<[string, Row, RegExp]>([
    [
      'with a system message',
      {
        prompt: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'u' },
        ],
        answer: '1',
      },
      /conversation of system, user/,
    ],
    [
      'of several turns',
      {
        prompt: [
          { role: 'user', content: 'u' },
          { role: 'assistant', content: 'v' },
        ],
        answer: '1',
      },
      /of user, assistant/,
    ],
    [
      'of LLaVA',
      {
        conversations: [
          { from: 'human', value: '<image>\nu' },
          { from: 'gpt', value: 'v' },
        ],
        image: 'images/0.png',
      },
      /all 1 rows are conversations/,
    ],
  ])('are refused as a chat %s', async (_, row, what) => {
    await expect(readRows([row])).rejects.toMatchObject({
      name: 'Conversation',
      what: expect.stringMatching(what) as string,
    });
  });

  it('have options by letter in columns of their own, and a hint before the question', async () => {
    const row = { hint: 'Look.', A: 'cat', B: 'dog', C: '', answer: 'B', question: 'Which?' };
    const problem = await readRow(row);
    expect(problem).toMatchObject({ question: 'Hint: Look.\nQuestion: Which?', choices: ['cat', 'dog'] });
    const { prompt } = await problemPrompt(problem as never);
    expect(prompt).toBe('Hint: Look.\nQuestion: Which?\n\nChoices:\nA. cat\nB. dog');
    for (const options of [
      { A: 'cat', B: 'dog', C: null },
      { text: ['cat', 'dog'], label: ['A', 'B'] },
    ]) {
      expect(await readRow({ options, answer: 'B' })).toMatchObject({ choices: ['cat', 'dog'] });
    }
    for (const options of [
      { A: 'cat', C: 'dog' },
      { text: ['cat', 'dog'], label: ['1', '2'] },
    ]) {
      await expect(readRow({ options })).rejects.toMatchObject({ name: 'BadChoices' });
    }
    await expect(readRow({ A: 'cat', C: 'dog' })).rejects.toMatchObject({ name: 'BadChoices' });
    await expect(readRow({ options: "['<image 1>', 'b']" })).rejects.toMatchObject({ name: 'BadChoices' });
    await expect(readRow({ choices: [...'abcdefghi'] })).rejects.toMatchObject({ name: 'BadChoices' });
  });

  it('count options from 0 where all answers do, as ScienceQA’s', async () => {
    const rows = [0, 1].map((answer) => ({ question: 'q', answer, choices: ['push', 'pull'] }));
    expect((await readRows(rows)).map(({ answer }) => answer)).toEqual(['push', 'pull']);
    const texts = ['2', '3'].map((answer) => ({
      question: 'q',
      answer: Number(answer),
      choices: ['2', '3', '4', '5'],
    }));
    expect((await readRows(texts)).map(({ answer }) => answer)).toEqual(['2', '3']);
  });

  it.each([
    ['["4"]', '4'],
    ["['\\\\sqrt{2}']", '\\sqrt{2}'],
    ['["a", "b"]', '["a", "b"]'],
    ['[4]', '[4]'],
    ['[1, 2]', '[1, 2]'],
    ['<answer> 4 </answer>', '4'],
    ['<think>Is <answer>3</answer>?</think>\n<answer>\n5</answer>\n', '5'],
    ['["<answer>1,018</answer>"]', '1,018'],
    ['The tag <answer> begins it', 'The tag <answer> begins it'],
  ])('are taken out of a printed list of one text, and of answer tags: %s', async (ground_truth, answer) => {
    const prompt = [{ role: 'user', content: 'q' }];
    const [problem] = await readRows([{ prompt, reward_model: { style: 'rule', ground_truth } }]);
    expect(problem?.answer).toBe(answer);
    expect((await readRow({ answer: ground_truth })).answer).toBe(answer);
  });

  it('count options from 0 as text, too, as AI2D’s: not where all are texts of options', async () => {
    const options = ['cat', 'dog', '1', 'hen'];
    const golds = async (...answers: readonly unknown[]): Promise<readonly string[]> =>
      (await readRows(answers.map((answer) => ({ question: 'q', answer, options })))).map(
        ({ answer }) => answer,
      );
    expect(await golds('1', '3')).toEqual(['dog', 'hen']);
    expect(await golds('1', 3, ' 0 ', '2.0')).toEqual(['dog', 'hen', 'cat', '1']);
    expect(await golds('1', 'B')).toEqual(['1', 'B']);
    expect(await golds('1')).toEqual(['1']);
    expect(await golds('3', '4')).toEqual(['3', '4']);
  });
});

describe('columns', () => {
  const odd = [
    { instr: 'How many?', gold: { value: 7 }, pic: 'images/0.png', id: 'x' },
    { instr: 'Why?', gold: { value: 8 }, pic: null, id: 'y' },
  ];

  it('that are not known are asked for: what was looked for, in how many rows, what there is', async () => {
    const error = await readRows(odd).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnknownColumns);
    expect(error).toMatchObject({
      name: 'MissingField',
      what: '2 of 2 lines have no question (looked for: question, problem, prompt); columns: instr, gold, pic, id',
      place: { file: 'set/list.jsonl', field: 'question' },
      remedy: expect.stringContaining('--columns') as string,
      path: 'set/list.jsonl',
    });
    expect((error as UnknownColumns).found.guess).toEqual({
      question: 'instr',
      answer: 'gold.value',
      image: 'pic',
    });
  });

  it('within columns are guessed where they can be read', () => {
    const value = {
      q: 'q',
      messages: [{ content: [{ type: 'image', image: 'a.png' }] }],
      meta: { shot: 'a.png' },
    };
    expect(guessColumns([{ line: 1, value }], {}, Object.keys(value)).image).toBe('meta.shot');
  });

  it('can be named', async () => {
    const problems = await readRows(odd, parseColumns('question=instr,answer=gold.value,image=pic'));
    expect(problems).toEqual([
      { id: 'x', question: 'How many?', answer: '7', image: expect.any(Blob) as Blob },
      { id: 'y', question: 'Why?', answer: '8' },
    ]);
  });

  it('may have commas in their names, and be several', () => {
    expect(parseColumns('question=a, b,choices=A+B+C,answer=x')).toEqual({
      question: ['a, b'],
      choices: ['A', 'B', 'C'],
      answer: ['x'],
    });
    for (const text of ['prompt=a', 'question', 'question=a,question=b'])
      expect(() => parseColumns(text)).toThrow(expect.objectContaining({ name: 'BadValue' }));
  });

  it('that are named and not there are an error, and so are rows that lack what others have', async () => {
    const missing = readRows(odd, { question: ['instruction'], answer: ['gold.value'] });
    await expect(missing).rejects.toMatchObject({
      name: 'UnknownColumn',
      what: expect.stringMatching(/^no row has a column instruction;/) as string,
    });
    const some = readRows([BASE, { question: 'r' }, { question: 's', answer: null }]);
    await expect(some).rejects.toMatchObject({
      name: 'MissingField',
      what: '2 of 3 lines have no answer (looked for: answer, ground_truth, reward_model.ground_truth), the first is line 2; columns: question, answer',
    });
  });
});

describe('rows beyond what anyone writes', () => {
  it.each([
    ['list', `{"question": "q", "answer": "a", "x": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`],
    ['object', `{"question": "q", "answer": "a", "x": ${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}}`],
  ])('a deep %s is told by its line', async (_, line) => {
    const files = new Map([
      ['a.jsonl', new Blob([`{"question": "[[", "answer": "\\\\"}\n${line}`])],
      ['a.json', new Blob([`[{"question": "q", "answer": "a"}, ${line}]`])],
    ]);
    const opened = (path: string) => openProblems(path, files, {});
    await expect(opened('a.jsonl')).rejects.toMatchObject({
      name: 'BadJsonLine',
      what: 'line 2 is JSON of more than 64 objects and lists within one another',
    });
    await expect(opened('a.json')).rejects.toMatchObject({
      name: 'BadJson',
      what: 'row 2 has more than 64 objects and lists within one another',
    });
  });

  it('of thousands of columns none is asked about', async () => {
    const rows = Array.from({ length: 3000 }, (_, at) => ({ [`c${at}`]: 1, [`d${at}`]: 2 }));
    const list = new Blob([rows.map((row) => JSON.stringify(row)).join('\n')]);
    const error = await openProblems('a.jsonl', new Map([['a.jsonl', list]]), {}).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(NamedError);
    expect(error).not.toBeInstanceOf(UnknownColumns);
    expect(error).toMatchObject({
      name: 'MissingField',
      what: expect.stringMatching(
        /^3000 of 3000 lines have no question .*; more than 1000 columns: c0, d0, c1, /,
      ) as string,
    });
  });

  it('a footer of Parquet that is larger than any is not taken apart', async () => {
    const footer = new Uint8Array(2 ** 25);
    const tail = new Uint8Array(8);
    new DataView(tail.buffer).setUint32(0, footer.length, true);
    tail.set(new TextEncoder().encode('PAR1'), 4);
    const file = new Blob(['PAR1', footer, tail]);
    await expect(openProblems('a.parquet', new Map([['a.parquet', file]]), {})).rejects.toMatchObject({
      name: 'OverLimit',
      place: { file: 'a.parquet' },
    });
  });

  it('damage to Parquet is told without the words of a stack', async () => {
    const footer = new Uint8Array(100);
    const file = new Blob(['PAR1', footer, new Uint8Array([100, 0, 0, 0]), 'PAR1']);
    await expect(openProblems('a.parquet', new Map([['a.parquet', file]]), {})).rejects.toMatchObject({
      name: 'BadParquet',
      what: 'its bytes are not as Parquet has them',
    });
  });
});
