import type { TokenDifference, TokensRecord } from './difference.ts';

/** A token, and the answer that it is of. */
export interface TokenAt {
  readonly record: TokensRecord;
  readonly token: TokenDifference;
  /** Its place in the answer, from 0. */
  readonly at: number;
}

/** All tokens of all answers, those with the greatest KL(RL ‖ IN) first. */
export function tokensByChange(records: readonly TokensRecord[]): readonly TokenAt[] {
  return records
    .flatMap((record) => record.tokens.map((token, at) => ({ record, token, at })))
    .sort((a, b) => b.token.klRlIn - a.token.klRlIn);
}

/** Where the divergence lies. */
export interface Concentration {
  readonly tokens: number;
  /** How many answers they are of. */
  readonly answers: number;
  /** KL(RL ‖ IN) of a token, in nats. */
  readonly mean: number;
  /** How many tokens carry half of the sum; null where there is none. */
  readonly halfBy: number | null;
}

/** @param ordered as `tokensByChange` orders them */
export function concentrationOf(ordered: readonly TokenAt[]): Concentration {
  const sum = ordered.reduce((all, { token }) => all + token.klRlIn, 0);
  let carried = 0;
  const at = ordered.findIndex(({ token }) => (carried += token.klRlIn) >= sum / 2);
  const tokens = ordered.length;
  const answers = new Set(ordered.map(({ record }) => record)).size;
  return { tokens, answers, mean: tokens === 0 ? 0 : sum / tokens, halfBy: sum > 0 ? at + 1 : null };
}

/** Where the likeliest token of RL is another than IN's. */
export interface Choices {
  readonly tokens: number;
  readonly differing: number;
  /** Of these, the one with the greatest divergence. */
  readonly first: {
    readonly id: string;
    readonly text: string;
    readonly kl: number;
    readonly before: string;
    readonly after: string;
  } | null;
}

/** @param ordered as `tokensByChange` orders them */
export function choicesOf(ordered: readonly TokenAt[]): Choices {
  const differing = ordered.filter(({ token }) => token.first.in !== token.first.rl);
  const [most] = differing;
  return {
    tokens: ordered.length,
    differing: differing.length,
    first: most
      ? {
          ...{ id: most.record.id, text: most.token.text, kl: most.token.klRlIn },
          ...{ before: most.token.first.in, after: most.token.first.rl },
        }
      : null,
  };
}
