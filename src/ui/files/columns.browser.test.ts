import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { clearStage, stageApp } from '../testing/stage.ts';

afterEach(clearStage);

const file = (path: string, text: string) => ({ path, file: new File([text], path.split('/').at(-1) ?? '') });
const LIST = [
  'instr\tgold\tpic\topts',
  '"How many\nare there?"\t7\tpictures/a.png\t"[\'7\', \'8\']"',
  'Why?\tbecause\t\t',
].join('\n');
const main = page.getByRole('main');
const column = (role: string) => main.getByRole('combobox', { name: role, exact: true });

test('Localize asks which column of a list is what, with a guess and the first rows, and reads it so', async () => {
  const { app } = await stageApp();
  const { localize } = app;
  app.view.go('localize');
  localize.probe = 'ablate';
  localize.sets.problemSource = 'dropped';
  await localize.sets.bringQuestions(
    [file('set/list.tsv', LIST), file('set/pictures/a.png', 'p')],
    'problems',
  );
  expect([localize.sets.error, localize.sets.broughtQuestions]).toEqual([null, null]);

  const form = main.getByRole('form', { name: 'Which column is what?' });
  await expect.element(form).toHaveTextContent('2 of 2 rows have no question (looked for: question, problem');
  await expect.element(form).toHaveTextContent('set/list.tsv');
  await expect
    .element(form.getByRole('table', { name: 'The first 2 of 2 rows' }))
    .toHaveTextContent('because');
  await expect.element(column('Question')).toHaveValue('instr');
  await expect.element(column('Answer')).toHaveValue('gold');
  await expect.element(column('Picture')).toHaveValue('pic');
  await expect.element(column('Choices')).toHaveValue('opts');

  await column('Choices').selectOptions('none');
  await userEvent.click(form.getByRole('button', { name: 'Read the list' }));
  await expect.poll(() => localize.sets.broughtQuestions?.samples.count).toBe(2);
  expect(await localize.sets.broughtQuestions?.samples.at([0, 1])).toEqual([
    { id: '0', question: 'How many\nare there?', answer: '7', image: expect.any(File) as File },
    { id: '1', question: 'Why?', answer: 'because' },
  ]);
  await expect.element(form).not.toBeInTheDocument();
});

test('questions for merges are asked about list by list, and said what they are good for', async () => {
  const { app } = await stageApp();
  const { choice } = app.evaluation;
  app.view.go('transfer');
  const other = 'frage,antwort\nWas?,2\n';
  void choice.bring([file('set/a.tsv', LIST), file('set/b.csv', other), file('set/pictures/a.png', 'p')]);
  const form = main.getByRole('form', { name: 'Which column is what?' });
  await expect.element(form).toHaveTextContent('set/a.tsv');
  await userEvent.click(form.getByRole('button', { name: 'Read the list' }));
  await expect.element(form).toHaveTextContent('set/b.csv');
  await column('Question').selectOptions('frage');
  await column('Answer').selectOptions('antwort');
  await userEvent.click(form.getByRole('button', { name: 'Read the list' }));
  await expect.element(main.getByText(/^3 questions, 2 without a picture and 1 with: /)).toBeVisible();
  const { textOnly } = await choice.sets();
  expect(textOnly.map(({ question }) => question)).toEqual(['Why?', 'Was?']);
});

test('a list that is not wanted after all is left', async () => {
  const { app } = await stageApp();
  const { choice } = app.evaluation;
  app.view.go('transfer');
  void choice.bring([file('set/a.tsv', LIST), file('set/pictures/a.png', 'p')]);
  const form = main.getByRole('form', { name: 'Which column is what?' });
  await userEvent.click(form.getByRole('button', { name: 'Leave it' }));
  await expect.element(form).not.toBeInTheDocument();
  expect([choice.asking, choice.brought, choice.error]).toEqual([null, null, null]);
  void choice.bring([file('set/a.jsonl', '{"question": "q", "answer": "a"}')]);
  await expect.element(main.getByText(/^1 question, 1 without a picture and 0 with: /)).toBeVisible();
});
