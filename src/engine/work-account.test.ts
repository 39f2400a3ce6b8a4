import { expect, test } from 'vitest';
import { planRows } from './rows.ts';
import { cellsOf, StepCount, WorkAccount } from './work-account.ts';

const swap = (layer: number) => ({ swap: { source: 's', layers: [layer] } });

test('rows share what lies below the layer at which they differ', () => {
  const plan = planRows([{}, ...[0, 1, 2].map(swap)], 3);
  // The plain run and rows 0 … l at layer l: 2 + 3 + 4.
  expect(cellsOf(plan, 3, 10)).toBe(90);
  expect(cellsOf(planRows([{}], 3), 3, 10)).toBe(30);
  const account = new WorkAccount();
  account.read(90);
  account.read(30);
  account.said(4);
  expect(account).toMatchObject({ cells: 120, steps: 4 });
});

test('a batch has as many steps as its longest row has tokens after the first', () => {
  const count = new StepCount();
  count.begin();
  for (const row of [0, 1, 2, 0, 1, 0]) count.token(row);
  expect(count.steps).toBe(2);
  count.begin();
  for (const row of [3, 4]) count.token(row);
  // Each of them said one token, which its prompt gave.
  expect(count.steps).toBe(2);
  count.begin();
  for (const row of [5, 5, 5, 5]) count.token(row);
  expect(count.steps).toBe(5);
});
