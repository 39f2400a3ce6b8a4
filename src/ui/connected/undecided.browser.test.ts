import { mount, unmount } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { gapTable } from '../../evaluation/perception/gap-table.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import { metricTable } from '../../evaluation/tables/metric-table.ts';
import { NOT_DECIDED } from '../../grading/steps.ts';
import GapRows from './GapRows.svelte';
import MetricRows from './MetricRows.svelte';

let shown: object | null = null;
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
});

const answer = (id: string, settingIndex: 0 | 1, undecided: boolean): GradedAnswer => ({
  ...{ variant: 'IN', experiment: 'e', metric: 'gap', settingIndex, setting: 's', input: 'text', id },
  ...{ question: 'q', goldAnswer: '1', response: 'r', predicted: '', category: 'clock', correct: false },
  rule: undecided ? NOT_DECIDED : 'equivalence',
});
const answers = ['1', '2', '3'].flatMap((id) => [answer(id, 0, id !== '3'), answer(id, 1, id === '1')]);
const cellOfAll = (): string =>
  page.getByRole('row').elements().at(-1)?.querySelector('td:last-child')?.textContent ?? '';

test('the tables of a judge say beside n how many answers were not decided in time', async () => {
  shown = mount(GapRows, { target: document.body, props: { title: 'Gaps', rows: gapTable(answers) } });
  expect(cellOfAll()).toBe('3, 3 not decided in time');
  await unmount(shown);
  const own = answers.filter(({ settingIndex }) => settingIndex === 0);
  const rows = metricTable(
    own.map((one) => ({ ...one, metric: 'M_rea' as const })),
    'IN',
  );
  shown = mount(MetricRows, { target: document.body, props: { title: 'Metrics', rows } });
  expect(cellOfAll()).toBe('3, 2 not decided in time');
});
