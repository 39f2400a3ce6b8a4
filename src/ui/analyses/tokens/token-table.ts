import type { TokensRecord } from '../../../analyses/tokens/difference.ts';
import { ROLE_LABELS, ROLES, type Role } from '../../../roles.mjs';
import type { DataTable, TableCell } from '../../charts/figure/data-table.ts';

type Token = TokensRecord['tokens'][number];

/** What is tabled of each model, by the name of its column. */
const OF_EACH: Readonly<Record<string, (token: Token, role: Role) => TableCell | undefined>> = {
  'ln p, ROLE': ({ logprob }, role) => logprob[role],
  // From 1, as in all charts; records count the tokens that are likelier.
  'rank, ROLE': ({ rank }, role) => (rank[role] === undefined ? null : rank[role] + 1),
  'entropy, ROLE (nats)': ({ entropy }, role) => entropy[role],
  'first choice, ROLE': ({ first }, role) => first[role],
};

/** A row for each token of each answer: one token of one answer is what each number is of. */
export function tokenTable(records: readonly TokensRecord[]): DataTable {
  const first = records.flatMap(({ tokens }) => tokens)[0];
  const roles = ROLES.filter((role) => first?.logprob[role] !== undefined);
  const ofEach = Object.entries(OF_EACH).flatMap(([name, of]) =>
    roles.map((role) => ({
      name: name.replace('ROLE', ROLE_LABELS[role]),
      cell: (token: Token) => of(token, role) ?? null,
    })),
  );
  return {
    columns: ['question', 'token', 'n', 'text', 'KL(RL ‖ IN) (nats)', ...ofEach.map(({ name }) => name)],
    rows: records.flatMap(({ id, tokens }) =>
      tokens.map((token, index) => [
        ...[id, index + 1, 1, token.text, token.klRlIn],
        ...ofEach.map(({ cell }) => cell(token)),
      ]),
    ),
  };
}
