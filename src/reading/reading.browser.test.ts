import { expect, test } from 'vitest';
import { openPicture } from '../probes/data/picture.ts';
import { UnknownColumns } from '../probes/data/unknown-columns.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import { verdictKey, withVerdicts } from '../remote/judge.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { openItems, openProblemList, openResults, readPairs, readRecipeFile } from './client.ts';

const lines = (...rows: readonly object[]): Blob =>
  new Blob([rows.map((row) => JSON.stringify(row)).join('\n')]);
const PICTURE = btoa('picture of this row'.padStart(90));

test('a list is opened by its worker, and read where it is asked about, pictures too', async () => {
  const rows = Array.from({ length: 500 }, (_, at) => ({
    id: `r${at}`,
    question: `${at}?`,
    answer: at,
    image: PICTURE,
  }));
  const list = await openProblemList('a.jsonl', new Map([['a.jsonl', lines(...rows)]]), {});
  expect(list.count).toBe(500);
  const [last, first] = await list.at([499, 0]);
  expect([last?.id, first?.question, last?.answer]).toEqual(['r499', '0?', '499']);
  expect((await (await openPicture(last?.image as Blob)).text()).trim()).toBe('picture of this row');
  expect(last?.image?.size).toBe(Math.floor((PICTURE.length * 3) / 4));
  list.close();
  await expect(list.at([0])).rejects.toMatchObject({ name: 'Cancelled' });
});

test('what a page asks about crosses whole, and so do errors', async () => {
  const odd = new Map([['a.jsonl', lines({ frage: 'Was?', gold: 7 }, { frage: 'Wie?', gold: 8 })]]);
  const error = await openProblemList('a.jsonl', odd, {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnknownColumns);
  expect(error).toMatchObject({
    name: 'MissingField',
    what: '2 of 2 lines have no question (looked for: question, problem, prompt); columns: frage, gold',
    path: 'a.jsonl',
    found: {
      rows: 2,
      columns: ['frage', 'gold'],
      shown: [
        ['Was?', '7'],
        ['Wie?', '8'],
      ],
    },
  });
  const broken = openItems(new Map([['b/a.jsonl', new Blob(['{"question": '])]]), new Map());
  await expect(broken).rejects.toMatchObject({
    name: 'BadJsonLine',
    what: 'line 1 is not JSON',
    place: { file: 'b/a.jsonl' },
    remedy: 'one JSON object to a line',
  });
});

test('questions are drawn by the worker as NumPy draws them', async () => {
  const rows = Array.from({ length: 200 }, (_, at) => ({ question: `${at}?`, answer: at }));
  const items = await openItems(new Map([['a.jsonl', lines(...rows)]]), new Map());
  expect(items.counts).toMatchObject({ textOnly: 200, puzzles: 0 });
  // sorted(numpy.random.RandomState(123).choice(numpy.arange(200), 5, replace=False)), NumPy 2
  const { textOnly } = await items.drawn({ samples: 5, seed: 123 });
  expect(textOnly.map(({ question }) => question)).toEqual(DRAWN.map((at) => `${at}?`));
  items.close();
});
const DRAWN = [19, 37, 50, 127, 149];

test('reading tells bytes, is cancelled at once, and what comes next is read', async () => {
  const text = `${JSON.stringify({ question: 'q'.repeat(900), answer: 'a' })}\n`;
  const large = new Map([['a.jsonl', new Blob([text.repeat(60_000)])]]);
  const controller = new AbortController();
  const told: number[] = [];
  const reading = openProblemList(
    'a.jsonl',
    large,
    {},
    {
      signal: controller.signal,
      onProgress: ({ done, total, unit }) => {
        told.push(done / total);
        expect(unit).toBe('bytes');
        if (told.length === 2) controller.abort();
      },
    },
  );
  await expect(reading).rejects.toMatchObject({ name: 'Cancelled' });
  expect(told[1]).toBeLessThan(1);
  expect(
    (await openProblemList('a.jsonl', new Map([['a.jsonl', lines({ question: 'q', answer: 'a' })]]), {}))
      .count,
  ).toBe(1);
});

test('results come in parts, their tables worked out by the worker', async () => {
  const record = (id: number, setting: string) => ({
    id,
    gold_answer: '1',
    full_response: 'x'.repeat(2000),
    correct: (id + setting.length) % 3 > 0,
  });
  const files = new Map(
    ['IN', 'RL'].flatMap((variant) =>
      ['A_image_prompt', 'B_black'].map((setting) => {
        const rows = Array.from({ length: 700 }, (_, id) => record(id, variant + setting));
        return [`r/${variant}/perception_general_vqa/${setting}.jsonl`, lines(...rows)] as const;
      }),
    ),
  );
  const { metricTable } = await import('../evaluation/tables/metric-table.ts');
  const { readResults } = await import('../evaluation/testing/results.ts');
  const results = await openResults(files);
  expect(results.answers).toEqual(await readResults(files));
  const { metrics } = await results.tables('IN');
  const plain = JSON.parse(JSON.stringify(metrics)) as unknown;
  expect(plain).toEqual(JSON.parse(JSON.stringify(metricTable(results.answers, 'IN'))));
  // All records ask the same of a judge.
  const verdicts = await results.judgement(new Map(), 'IN');
  expect([verdicts.total, verdicts.done, verdicts.agreement.n]).toEqual([1, 0, 0]);
  const [first] = results.answers;
  const said = new Map([
    [await verdictKey(first as GradedAnswer), { verdict: 'correct' as const, said: 'CORRECT' }],
  ]);
  const { judged, total, done } = await results.judgement(said, 'IN');
  expect([total, done]).toEqual([1, 1]);
  expect(judged).toEqual(await withVerdicts(results.answers, said));
  expect(new Set(judged.map(({ verdicts: both }) => both?.rule))).toEqual(new Set([true, false]));
  results.close();
});

test('pairs come in parts', async () => {
  const meta = { target_answer: 1, source_answer: 2 };
  const pair = {
    task: 'counting',
    target_image: 't.png',
    source_image: 's.png',
    prompt: '<image>How many?',
    meta,
  };
  const files = new Map([
    ['set/data.jsonl', lines(...Array.from({ length: 250 }, (_, at) => ({ ...pair, id: `p${at}` })))],
    ['set/t.png', new Blob(['t'])],
    ['set/s.png', new Blob(['s'])],
  ]);
  const { pairs, literalImages } = await readPairs(files);
  expect([pairs.length, literalImages, pairs[249]?.id, pairs[249]?.prompt]).toEqual([
    250,
    250,
    'p249',
    'How many?',
  ]);
  expect(await pairs[0]?.target.text()).toBe('t');
});

test('a recipe that takes for ever is given up, one that is no recipe is not read, and the next one is', async () => {
  const layers = { layers: 4 } as VlmConfig['text'];
  const tokens = {} as VlmConfig['tokens'];
  const config = { modelType: 'qwen2_5_vl', text: layers, tokens } as VlmConfig;
  const read = (text: string, within?: number) =>
    readRecipeFile(new File([text], 'r.yaml'), config, [], within);
  const longest = `${'a: 1\n'.repeat(49)}${'#\n'.repeat(2 ** 17 - 200)}`;
  // No worker starts as fast.
  await expect(read(longest, 1)).rejects.toMatchObject({
    name: 'RecipeTooSlow',
    what: 'the recipe was not read within 0.001 s',
    place: { file: 'r.yaml' },
  });
  await expect(read('a'.repeat(2 ** 18 + 1))).rejects.toMatchObject({
    name: 'RecipeTooLarge',
    what: 'a recipe of 262145 bytes; no more than 262144 are read',
  });
  await expect(read('merge_method: [')).rejects.toMatchObject({ name: 'InvalidMergekit' });
});
