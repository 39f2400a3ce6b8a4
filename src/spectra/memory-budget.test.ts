import { expect, it } from 'vitest';
import { MemoryBudget } from './memory-budget.ts';

it('holds no more than the budget at a time, lets the larger one in alone, and keeps the order', async () => {
  const budget = new MemoryBudget(10);
  let held = 0;
  let alone = 0;
  const order: number[] = [];
  const use = (bytes: number): Promise<void> =>
    budget.hold(bytes, async () => {
      held += bytes;
      order.push(bytes);
      if (bytes > 10) alone = held;
      else expect(held).toBeLessThanOrEqual(10);
      await new Promise((resolve) => setTimeout(resolve, 1));
      held -= bytes;
    });
  await Promise.all([use(6), use(3), use(25), use(4), use(5), use(2)]);
  expect(order).toEqual([6, 3, 25, 4, 5, 2]);
  expect(alone).toBe(25);
});

it('gives back what failing work held', async () => {
  const budget = new MemoryBudget(10);
  await expect(budget.hold(10, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(budget.hold(10, () => Promise.resolve(1))).resolves.toBe(1);
});
