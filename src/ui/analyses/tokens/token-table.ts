import type { TokensRecord } from '../../../analyses/tokens/difference.ts';
import { ROLE_LABELS, ROLES, type Role } from '../../../roles.mjs';
import type { DataTable, TableCell } from '../../charts/figure/data-table.ts';
import { t } from './texts.ts';

type Token = TokensRecord['tokens'][number];

/** What is tabled of each model. */
const OF_EACH: Readonly<
  Record<'logprob' | 'rank' | 'entropy' | 'first', (token: Token, role: Role) => TableCell | undefined>
> = {
  logprob: ({ logprob }, role) => logprob[role],
  // From 1, as in all charts; records count the tokens that are likelier.
  rank: ({ rank }, role) => (rank[role] === undefined ? null : rank[role] + 1),
  entropy: ({ entropy }, role) => entropy[role],
  first: ({ first }, role) => first[role],
};

/** A row for each token of each answer: one token of one answer is what each number is of. */
export function tokenTable(records: readonly TokensRecord[]): DataTable {
  const first = records.flatMap(({ tokens }) => tokens)[0];
  const roles = ROLES.filter((role) => first?.logprob[role] !== undefined);
  const ofEach = (['logprob', 'rank', 'entropy', 'first'] as const).flatMap((what) =>
    roles.map((role) => ({
      name: t.table[what](ROLE_LABELS[role]),
      cell: (token: Token) => OF_EACH[what](token, role) ?? null,
    })),
  );
  const { question, token: of, text, kl } = t.table;
  return {
    columns: [question, of, 'n', text, kl, ...ofEach.map(({ name }) => name)],
    rows: records.flatMap(({ id, tokens }) =>
      tokens.map((token, index) => [
        ...[id, index + 1, 1, token.text, token.klRlIn],
        ...ofEach.map(({ cell }) => cell(token)),
      ]),
    ),
  };
}
