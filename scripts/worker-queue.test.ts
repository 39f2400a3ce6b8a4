import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { PageError } from './run-command.mjs';
import { LineCutter } from './worker-lines.mjs';
import { ANSWER, type RunRequest, type WorkerAnswer } from './worker-protocol.mjs';
import { WorkerQueue, type RunOne } from './worker-queue.mjs';

const bytes = (text: string): Buffer => Buffer.from(text);

function queueOf(run: RunOne = () => Promise.resolve({ exit: 0, error: null })) {
  const answers: WorkerAnswer[] = [];
  const queue = new WorkerQueue(run, (answer) => answers.push(v.parse(ANSWER, answer)));
  const ask = (line: unknown): void => queue.take(bytes(JSON.stringify(line)));
  return { queue, answers, ask };
}

/** Requests that end when told, and the order in which they began. */
function held() {
  const begun: RunRequest[] = [];
  const ends: ((error?: string) => void)[] = [];
  let progressOfLast: (text: string) => void = () => undefined;
  const run: RunOne = (request, { signal, progress }) =>
    new Promise((resolve) => {
      begun.push(request);
      progressOfLast = progress;
      ends.push((error) => resolve({ exit: error === undefined ? 0 : 1, error: error ?? null }));
      signal.addEventListener('abort', () =>
        resolve({ exit: 3, error: (signal.reason as PageError).message }),
      );
    });
  return { begun, ends, run, say: (text: string) => progressOfLast(text) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a bad request is answered by name, and the next is run', () => {
  test.each([
    ['nonsense', null, /not JSON in UTF-8/],
    ['', null, /not JSON/],
    [Buffer.from([0x22, 0xff, 0x22]), null, /UTF-8/],
    ['null', null, /Object/],
    ['[]', null, /"id"|Object/],
    ['{"words": ["info"]}', null, /id/],
    ['{"id": 7, "words": ["info"]}', null, /id: .*string/],
    ['{"id": "", "words": ["info"]}', null, /id/],
    ['{"id": "7"}', '7', /words/],
    ['{"id": "7", "words": []}', '7', /words/],
    ['{"id": "7", "words": "info --model x"}', '7', /words: .*Array/],
    ['{"id": "7", "words": ["info", 3]}', '7', /words\.1: .*string/],
    ['{"id": "7", "words": ["info"], "shell": true}', '7', /shell/],
    ['{"id": "7", "words": ["info"], "journal": 3}', '7', /journal/],
    ['{"id": "7", "words": ["info"], "cancel": true}', '7', /words/],
    ['{"id": "7", "cancel": "yes"}', '7', /cancel/],
  ])('%s', async (line, id, what) => {
    const { queue, answers, ask } = queueOf();
    queue.take(typeof line === 'string' ? bytes(line) : line);
    expect(answers).toMatchObject([{ id, exit: 2 }]);
    expect(answers[0]).toHaveProperty('error', expect.stringMatching(what));
    expect(answers[0]).toHaveProperty('error', expect.stringMatching(/^BadRequest: [^\n]+; give /));
    ask({ id: 'next', words: ['info'] });
    await queue.done();
    expect(answers[1]).toMatchObject({ id: 'next', exit: 0 });
  });

  test('a line that is too long, without its text', () => {
    const { queue, answers } = queueOf();
    queue.take(null);
    expect(answers).toEqual([
      { id: null, exit: 2, error: expect.stringContaining('BadRequest: the line is longer than 1 MiB') },
    ]);
  });

  test('an id that runs or waits; one that has ended may be used again', async () => {
    const { begun, ends, run } = held();
    const { queue, answers, ask } = queueOf(run);
    ask({ id: '1', words: ['a'] });
    ask({ id: '2', words: ['b'] });
    for (const id of ['1', '2']) ask({ id, words: ['c'] });
    expect(answers).toMatchObject([
      { id: null, exit: 2, error: expect.stringContaining('the id "1" is of a request that runs or waits') },
      { id: null, exit: 2, error: expect.stringContaining('the id "2"') },
    ]);
    // Nor does a bad line under the id of a request look like its end.
    ask({ id: '1', words: 'c' });
    expect(answers[2]).toMatchObject({ id: null, exit: 2 });
    await settle();
    ends[0]?.();
    await settle();
    ask({ id: '1', words: ['again'] });
    ends[1]?.();
    await settle();
    ends[2]?.();
    await queue.done();
    expect(begun.map(({ words }) => words)).toEqual([['a'], ['b'], ['again']]);
    expect(answers.slice(3)).toMatchObject(['1', '2', '1'].map((id) => ({ id, exit: 0 })));
  });
});

test('requests run one after another, with what they say, its end and its seconds', async () => {
  const { begun, ends, run, say } = held();
  const { queue, answers, ask } = queueOf(run);
  ask({ id: 'a', words: ['swap', '--out', 'x; touch y $(z)'], journal: 'j' });
  ask({ id: 'b', words: ['info'] });
  await settle();
  expect(begun).toEqual([{ id: 'a', words: ['swap', '--out', 'x; touch y $(z)'], journal: 'j' }]);
  const sayOfA = say;
  sayOfA('half');
  ends[0]?.('RunFailed: it did');
  await settle();
  expect(begun).toHaveLength(2);
  say('of b');
  ends[1]?.();
  await queue.done();
  // Nothing is said of one that has ended.
  say('late');
  expect(answers).toEqual([
    { id: 'a', progress: 'half' },
    { id: 'a', exit: 1, error: 'RunFailed: it did', seconds: expect.any(Number) },
    { id: 'b', progress: 'of b' },
    { id: 'b', exit: 0, seconds: expect.any(Number) },
  ]);
});

test('a cancel ends what runs, or waits, and harms no other; of what has ended it says nothing', async () => {
  const { begun, ends, run } = held();
  const { queue, answers, ask } = queueOf(run);
  for (const id of ['1', '2', '3']) ask({ id, words: [id] });
  await settle();
  ask({ id: '2', cancel: true });
  ask({ id: '1', cancel: true });
  await settle();
  expect(answers).toMatchObject([
    { id: '1', exit: 3, error: 'cancelled' },
    { id: '2', exit: 3, error: 'Interrupted: cancelled' },
  ]);
  ask({ id: '1', cancel: true });
  ask({ id: 'never', cancel: true });
  ends.at(-1)?.();
  await queue.done();
  expect(begun.map(({ id }) => id)).toEqual(['1', '3']);
  expect(answers.slice(2)).toMatchObject([{ id: '3', exit: 0 }]);
});

test('all are ended at once', async () => {
  const { run } = held();
  const { queue, answers, ask } = queueOf(run);
  for (const id of ['1', '2']) ask({ id, words: [id] });
  await settle();
  queue.cancelAll(new PageError({ name: 'Interrupted', message: 'stopped', kind: 'interrupted' }));
  await queue.done();
  expect(answers).toMatchObject([
    { id: '1', exit: 3 },
    { id: '2', exit: 3, error: 'Interrupted: stopped' },
  ]);
});

describe('lines', () => {
  const cut = (pieces: readonly string[], most: number): (string | null)[] => {
    const lines: (string | null)[] = [];
    const cutter = new LineCutter((line) => lines.push(line && line.toString()), most);
    for (const piece of pieces) cutter.push(bytes(piece));
    cutter.end();
    return lines;
  };

  test('are cut at every newline, wherever pieces end', () => {
    const text = 'one\n\nthree\nfour';
    for (let at = 0; at <= text.length; at++)
      expect(cut([text.slice(0, at), text.slice(at)], 5)).toEqual(['one', '', 'three', 'four']);
    expect(cut([...text], 5)).toEqual(['one', '', 'three', 'four']);
    expect(cut(['a\n'], 5)).toEqual(['a']);
  });

  test('that are too long are told once, and those around them are whole', () => {
    expect(cut(['ok\n123', '45', '6789\nok\n'], 5)).toEqual(['ok', null, 'ok']);
    expect(cut(['123456'], 5)).toEqual([null]);
  });
});
