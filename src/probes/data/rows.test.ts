import { describe, expect, it, vi } from 'vitest';
import { problemPrompt } from '../problem-prompt.ts';
import { guessColumns } from './column-guess.ts';
import { type ColumnChoice, parseColumns, UnknownColumns } from './columns.ts';
import { openPicture } from './picture.ts';
import { readProblems } from './problem-file.ts';

type Row = Readonly<Record<string, unknown>>;

const blob = (text: string): Blob => new Blob([text]);
const PICTURES = ['images/0.png', 'images/1.png', 'more/deep/2.jpg'];
const read = (rows: readonly Row[], choice?: ColumnChoice) =>
  readProblems(
    'set/list.jsonl',
    new Map([
      ['set/list.jsonl', blob(rows.map((row) => JSON.stringify(row)).join('\n'))],
      ...PICTURES.map((path) => [`set/${path}`, blob(path)] as const),
    ]),
    choice,
  );
const base = { question: 'q', answer: 'a' };
const one = async (row: Row, choice?: ColumnChoice) => (await read([{ ...base, ...row }], choice))[0];

describe('pictures of a row', () => {
  it.each([
    ['a list', { images: ['images/0.png'] }],
    ['a list under image', { image: ['images/0.png'] }],
    ['a path from here', { image: './images/0.png' }],
    ['a path with a detour', { image: 'more/../images/0.png' }],
    ['a path of Windows', { image: 'images\\0.png' }],
    ['a path without its folder', { image_path: '0.png' }],
    ['a path alone', { image: { bytes: null, path: 'images/0.png' } }],
    ['a list as text', { image_path: "['images/0.png']" }],
    ['a base64 text', { image: btoa('images/0.png'.padStart(60)) }],
    ['a data address', { image: `data:image/png;base64,${btoa('images/0.png'.padStart(60))}` }],
    ['a numbered column', { image_1: 'images/0.png', image_2: null }],
  ])('are read: %s', async (_, row) => {
    const problem = await one(row);
    expect((await (await openPicture(problem?.image as Blob)).text()).trim()).toBe('images/0.png');
    expect(problem?.moreImages).toBeUndefined();
  });

  it.each<[string, Row, string, RegExp]>([
    [
      'a file that is not there',
      { images: ['images/9.png'] },
      'MissingImage',
      /^line 1 names set\/images\/9.png$/,
    ],
    ['an address', { image: 'https://a.b/c.png' }, 'MissingImage', /^line 1 names https:\/\/a\.b\/c\.png$/],
    ['something else', { image: { file: 1 } }, 'MissingImage', /^line 1 holds an object of file$/],
    [
      'a picture elsewhere',
      { shot: 'images/0.png' },
      'UnreadPicture',
      /^line 1 has a picture in shot, which is not read/,
    ],
    [
      'more elsewhere',
      { image: 'images/0.png', images: ['images/0.png', 'images/1.png'] },
      'UnreadPicture',
      /2 pictures in images/,
    ],
    [
      'a second file',
      { image: 'images/0.png', depth: 'images/1.png' },
      'UnreadPicture',
      /a picture in depth/,
    ],
    [
      'a list elsewhere',
      { figures: ['a.jpg', 'b.jpg'] },
      'UnreadPicture',
      /^line 1 has 2 pictures in figures/,
    ],
    ['a video', { videos: ['a.mp4'] }, 'UnreadPicture', /video or sound in videos/],
  ])('are never dropped: %s', async (_, row, name, what) => {
    const error = await one(row).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, what: expect.stringMatching(what) as string });
    expect(String(error)).not.toContain('[object');
  });

  it('are the same where another column only repeats or remarks them', async () => {
    const row = {
      image: 'images/0.png',
      image_path: './images/0.png',
      file_name: '0.png',
      source: 'gone.jpg',
    };
    expect((await one(row))?.image).toBeInstanceOf(Blob);
  });

  it('elsewhere are read where one says so, and left where one names others', async () => {
    expect((await one({ shot: 'images/0.png' }, { image: ['shot'] }))?.image).toBeInstanceOf(Blob);
    const row = { a: 'images/0.png', b: 'images/1.png', shot: 'more/deep/2.jpg' };
    const problem = await one(row, parseColumns('image=a+b'));
    expect([problem?.image, problem?.moreImages?.length]).toEqual([expect.any(Blob), 1]);
  });

  it('that are base64 are decoded when they are asked about, not before', async () => {
    const decode = vi.spyOn(globalThis, 'atob');
    const rows = [
      { ...base, index: 1, image: btoa('x'.repeat(90)) },
      { ...base, index: 2, image: '1' },
    ];
    const problems = await read(rows);
    expect(decode).not.toHaveBeenCalled();
    const texts = problems.map(async ({ image }) => (await openPicture(image as Blob)).text());
    expect(await Promise.all(texts)).toEqual(['x'.repeat(90), 'x'.repeat(90)]);
    decode.mockRestore();
  });
});

describe('markers of pictures', () => {
  const images = ['images/0.png', 'images/1.png'];
  const asked = async (row: Row, prefix = '', system?: string) => {
    const problem = await one(row);
    const spec = await problemPrompt(problem as never, system === undefined ? {} : { system }, prefix);
    const names = await Promise.all((spec.images ?? []).map((image) => image.text()));
    return { ...spec, images: names };
  };

  it('at the front are left out: the picture stands there anyway', async () => {
    expect(await asked({ images: ['images/0.png'], question: '<image>\nHow many?' }, 'Think. ')).toEqual({
      images: ['images/0.png'],
      prompt: 'Think. \nHow many?',
    });
  });

  it('within the text put pictures where EasyR1 and verl put them', async () => {
    expect(await asked({ images, question: 'Is <image> left of\n<image>?' }, 'Think. ', 'Be brief.')).toEqual(
      {
        images,
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Think. Is ' },
              { type: 'image' },
              { type: 'text', text: ' left of\n' },
              { type: 'image' },
              { type: 'text', text: '?' },
            ],
          },
        ],
      },
    );
  });

  it('by number take the picture of that number', async () => {
    expect(await asked({ images, question: 'First <image 2>, then <image 1>.' })).toMatchObject({
      images: ['images/1.png', 'images/0.png'],
    });
  });

  it('may be missing: all pictures stand before the text', async () => {
    expect(await asked({ images })).toEqual({ images, prompt: 'q' });
  });

  it.each([
    ['<image><image>', ['images/0.png'], /2 markers \(<image> <image>\) for 1 pictures/],
    ['<image> and', images, /1 markers \(<image>\) for 2 pictures/],
    ['What does <image> do?', [], /1 markers \(<image>\) for 0 pictures/],
    ['<image 3>', images, /1 markers \(<image 3>\) for 2 pictures/],
  ])('that are not as many as pictures are refused: %s', async (question, own, what) => {
    await expect(one({ question, images: own })).rejects.toMatchObject({
      name: 'ImageMarkers',
      what: expect.stringMatching(what) as string,
    });
  });
});

describe('questions and answers', () => {
  it('may be a chat of one user turn, in parts too (verl, TRL)', async () => {
    const content = [
      { type: 'text', text: 'a ', index: null },
      { type: 'image', text: null, index: 0 },
      { type: 'text', text: ' b' },
    ];
    const prompt = [{ role: 'user', content }];
    const row = { prompt, reward_model: { style: 'rule', ground_truth: '3' }, images: ['images/0.png'] };
    expect((await read([row]))[0]).toMatchObject({ question: 'a  b', around: ['a ', ' b'], answer: '3' });
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
    await expect(read([row])).rejects.toMatchObject({
      name: 'Conversation',
      what: expect.stringMatching(what) as string,
    });
  });

  it('have options by letter in columns of their own, and a hint before the question', async () => {
    const row = { hint: 'Look.', A: 'cat', B: 'dog', C: '', answer: 'B', question: 'Which?' };
    const problem = await one(row);
    expect(problem).toMatchObject({ question: 'Hint: Look.\nQuestion: Which?', choices: ['cat', 'dog'] });
    const { prompt } = await problemPrompt(problem as never);
    expect(prompt).toBe('Hint: Look.\nQuestion: Which?\n\nChoices:\nA. cat\nB. dog');
    await expect(one({ A: 'cat', C: 'dog' })).rejects.toMatchObject({ name: 'BadChoices' });
    await expect(one({ options: "['<image 1>', 'b']" })).rejects.toMatchObject({ name: 'BadChoices' });
    await expect(one({ choices: [...'abcdefghi'] })).rejects.toMatchObject({ name: 'BadChoices' });
  });

  it('count options from 0 where all answers do, as ScienceQA’s', async () => {
    const rows = [0, 1].map((answer) => ({ question: 'q', answer, choices: ['push', 'pull'] }));
    expect((await read(rows)).map(({ answer }) => answer)).toEqual(['push', 'pull']);
    const texts = ['2', '3'].map((answer) => ({
      question: 'q',
      answer: Number(answer),
      choices: ['2', '3', '4', '5'],
    }));
    expect((await read(texts)).map(({ answer }) => answer)).toEqual(['2', '3']);
  });
});

describe('columns', () => {
  const odd = [
    { instr: 'How many?', gold: { value: 7 }, pic: 'images/0.png', id: 'x' },
    { instr: 'Why?', gold: { value: 8 }, pic: null, id: 'y' },
  ];

  it('that are not known are asked for: what was looked for, in how many rows, what there is', async () => {
    const error = await read(odd).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnknownColumns);
    expect(error).toMatchObject({
      name: 'MissingField',
      what: '2 of 2 lines have no question (looked for: question, problem, prompt); columns: instr, gold, pic, id',
      place: { file: 'set/list.jsonl', field: 'question' },
      remedy: expect.stringContaining('--columns') as string,
      path: 'set/list.jsonl',
    });
    expect(guessColumns((error as UnknownColumns).rows, {})).toEqual({
      question: 'instr',
      answer: 'gold.value',
      image: 'pic',
    });
  });

  it('can be named', async () => {
    const problems = await read(odd, parseColumns('question=instr,answer=gold.value,image=pic'));
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
    const missing = read(odd, { question: ['instruction'], answer: ['gold.value'] });
    await expect(missing).rejects.toMatchObject({
      name: 'UnknownColumn',
      what: expect.stringMatching(/^no row has a column instruction;/) as string,
    });
    const some = read([base, { question: 'r' }, { question: 's', answer: null }]);
    await expect(some).rejects.toMatchObject({
      name: 'MissingField',
      what: '2 of 3 lines have no answer (looked for: answer, ground_truth, reward_model.ground_truth), the first is line 2; columns: question, answer',
    });
  });
});
