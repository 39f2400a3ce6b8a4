import type { TokensRecord } from '../../../analyses/tokens/difference.ts';
import { ROLES } from '../../../roles.mjs';
import type { DataTable } from '../../charts/figure/data-table.ts';

const HEAD = ['question', 'token', 'n', 'text', 'KL(RL ‖ IN) (nats)'];
const NUMBERS = ['logprob', 'rank', 'entropy', 'first'] as const;

/** A row for each token of each answer: one token of one answer is what each number is of. */
export function tokenTable(records: readonly TokensRecord[]): DataTable {
  const first = records.flatMap(({ tokens }) => tokens)[0];
  const roles = ROLES.filter((role) => first?.logprob[role] !== undefined);
  return {
    columns: [
      ...HEAD,
      ...NUMBERS.flatMap((name) =>
        roles.map((role) => `${name === 'first' ? 'first choice' : name} ${role}`),
      ),
    ],
    rows: records.flatMap(({ id, tokens }) =>
      tokens.map((token, index) => [
        ...[id, index + 1, 1, token.text, token.klRlIn],
        ...NUMBERS.flatMap((name) => roles.map((role) => token[name][role] ?? null)),
      ]),
    ),
  };
}
