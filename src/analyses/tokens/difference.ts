/** One answer read by several models: what each would have said at every token of it (docs/method.md §14). */
import { ROLES, type Role } from '../../roles.mjs';
import type { ReaderScores } from '../../engine/protocol/scores.ts';
import type { ImageReading, PromptSpec } from '../../engine/protocol/prompt.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { eachSample } from '../../probes/each-sample.ts';
import type { NamedSubject } from '../../probes/named-subject.ts';
import type { ProbeEngine } from '../../probes/probe-engine.ts';
import { asJob } from '../../probes/probe-engine.ts';
import { problemPrompt } from '../../probes/problem-prompt.ts';
import { respond } from '../../probes/respond.ts';
import type { LongWork } from '../../work/long-work.ts';

/** Base may be missing. */
export type Readers = { readonly [R in Exclude<Role, 'base'>]: NamedSubject } & {
  readonly base?: NamedSubject;
};

/** A number of each reader. */
export interface OfEach<T> {
  readonly base?: T;
  readonly in: T;
  readonly rl: T;
}

/** A token of the answer. Logarithms are natural. */
export interface TokenDifference {
  readonly id: number;
  readonly text: string;
  readonly logprob: OfEach<number>;
  /** Tokens that the reader finds likelier: 0 is its first choice. */
  readonly rank: OfEach<number>;
  readonly entropy: OfEach<number>;
  /** What the reader would have said. */
  readonly first: OfEach<string>;
  /** KL(RL ‖ IN) over the whole vocabulary. */
  readonly klRlIn: number;
}

export interface TokensRecord {
  readonly id: string;
  readonly question: string;
  readonly forcedBy: 'rl' | 'in' | 'file';
  readonly response: string;
  /** Of the answer, its end token left out. */
  readonly tokens: readonly TokenDifference[];
}

export interface TokensProbe {
  readonly readers: Readers;
  readonly forcedBy: TokensRecord['forcedBy'];
  readonly maxNewTokens: number;
  readonly prompt?: Pick<PromptSpec, 'system' | keyof ImageReading>;
}

/**
 * Has every question answered by the model whose answer is read (greedily), or takes the answer that the list states, and has all
 * models read it.
 *
 * @throws NamedError `Cancelled`, and the engine's
 */
export function tokenDifferences(
  engine: ProbeEngine,
  items: readonly Problem[],
  { readers, forcedBy, maxNewTokens, prompt }: TokensProbe,
  work: LongWork<TokensRecord> = {},
): Promise<readonly TokensRecord[]> {
  const roles = ROLES.filter((role) => readers[role] !== undefined);
  const [p, q] = [roles.indexOf('rl'), roles.indexOf('in')];
  const subjects = roles.map((role) => (readers[role] as NamedSubject).subject);
  const [first, ...others] = subjects.map((subject) => ({ subject }));
  return eachSample(items, work, { engine, subjects }, async (item, lane, signal) => {
    const ask = await problemPrompt(item, prompt);
    const { subject } = readers[forcedBy === 'in' ? 'in' : 'rl'];
    const response =
      forcedBy === 'file' ? null : await respond(lane, { ...ask, subject, maxNewTokens }, signal);
    const scores = await asJob(lane, signal, (job) =>
      lane.scoreAnswer({
        ...ask,
        job,
        readers: [first as NonNullable<typeof first>, ...others],
        answer: response?.read ?? item.answer,
        alternatives: 1,
        divergences: [{ p, q }],
      }),
    );
    const of = <T>(read: (reader: ReaderScores) => T): OfEach<T> =>
      Object.fromEntries(
        roles.map((role, index) => [role, read(scores.readers[index] as ReaderScores)]),
      ) as unknown as OfEach<T>;
    const { id, question } = item;
    const tokens = scores.tokens.map((token, at): TokenDifference => ({
      id: token,
      text: scores.pieces[at] ?? '',
      logprob: of((reader) => reader.scores[at]?.logprob ?? Number.NaN),
      rank: of((reader) => reader.scores[at]?.rank ?? Number.NaN),
      entropy: of((reader) => reader.scores[at]?.entropy ?? Number.NaN),
      first: of((reader) => reader.scores[at]?.alternatives[0]?.text ?? ''),
      klRlIn: scores.divergences[0]?.[at] ?? Number.NaN,
    }));
    return { id, question, forcedBy, response: response?.text ?? item.answer, tokens };
  });
}
