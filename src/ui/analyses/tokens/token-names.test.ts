import { expect, test } from 'vitest';
import { ANSWER } from './testing/answer.ts';
import { tokenNames } from './token-names.ts';
import { tokenTable } from './token-table.ts';

test('tokens are named below their bars without touching, those that changed most first', () => {
  const { tokens } = ANSWER;
  const at = (step: number) =>
    tokenNames(tokens, (index) => (index + 0.5) * step, { left: 0, right: tokens.length * step }, 1);
  expect(at(120).map(({ index }) => index)).toEqual(tokens.map((_, index) => index));
  const narrow = at(20);
  expect(narrow.length).toBeLessThan(tokens.length);
  const most = tokens.reduce(
    (best, one, index) => (one.klRlIn > (tokens[best]?.klRlIn ?? 0) ? index : best),
    0,
  );
  expect(narrow.map(({ index }) => index)).toContain(most);
});

test('the table counts ranks from 1, as every chart does, and names models as pages do', () => {
  const { columns, rows } = tokenTable([ANSWER]);
  expect(columns.filter((name) => name.includes('IN'))).toEqual([
    ...['KL(RL ‖ IN) (nats)', 'ln p, IN', 'rank, IN', 'entropy, IN (nats)', 'first choice, IN'],
  ]);
  const column = columns.indexOf('rank, IN');
  expect(rows.map((row) => row[column])).toEqual(ANSWER.tokens.map(({ rank }) => rank.in + 1));
});
