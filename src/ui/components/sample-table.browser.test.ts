import { createRawSnippet, type Component } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import AnswerTable from '../evaluation/AnswerTable.svelte';
import { clearStage, stage } from '../testing/stage.ts';
import SampleTable from './SampleTable.svelte';

const samples = Array.from({ length: 30 }, (_, i) => `question ${i + 1}`);
const row = createRawSnippet<[string]>((sample) => ({ render: () => `<p>${sample()}</p>` }));

function show(props: Record<string, unknown>): void {
  stage(
    SampleTable as unknown as Component<Record<string, unknown>>,
    { samples, title: 'A point', ...props },
    800,
  );
}

afterEach(clearStage);

test('samples are a table, twelve at a time', async () => {
  const answer = { setting: 'image', question: 'How many?', goldAnswer: '3', predicted: '3', correct: true };
  const answered = samples.map((id) => ({ id, counts: true, answers: [answer] }));
  stage(
    AnswerTable as unknown as Component<Record<string, unknown>>,
    { title: 'A point', samples: answered },
    800,
  );
  await expect.element(page.getByRole('heading', { name: 'A point' })).toBeVisible();
  expect(
    page
      .getByRole('columnheader')
      .elements()
      .map(({ textContent }) => textContent),
  ).toEqual(['question', 'right answer', 'image', 'counts']);
  expect(page.getByRole('row').elements()).toHaveLength(1 + 12);
  await page.getByRole('button', { name: 'More of 30' }).click();
  await page.getByRole('button', { name: 'More of 30' }).click();
  expect(page.getByRole('row').elements()).toHaveLength(1 + 30);
  expect(page.getByRole('button', { name: 'More of 30' }).elements()).toHaveLength(0);
});

test('samples without columns are cards', async () => {
  show({ row });
  expect(page.getByRole('listitem').elements()).toHaveLength(12);
  await expect.element(page.getByText('question 12')).toBeVisible();
  await expect.element(page.getByRole('table')).not.toBeInTheDocument();
});

test('before a point is chosen it says how, and a point without samples shows nothing', async () => {
  show({ picked: false, row });
  await expect.element(page.getByText('Choose a point of a chart')).toBeVisible();
  await expect.element(page.getByRole('table')).not.toBeInTheDocument();
  show({ samples: [], row });
  await expect.element(page.getByRole('heading')).not.toBeInTheDocument();
  await expect.element(page.getByText('Choose a point')).not.toBeInTheDocument();
});
