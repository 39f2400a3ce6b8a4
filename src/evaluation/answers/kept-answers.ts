import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { LongWork } from '../../work/long-work.ts';
import { answersIdentity } from '../identity.ts';
import type { Asked } from '../variant.ts';
import type { Answer } from './answer.ts';
import type { AnswerSettings, Ask } from './ask.ts';

export type Answers = ReadonlyMap<string, Answer>;

/** Which records of a journal are asked for, and which journals are opened one within another for the same work, this one among them. */
export interface AskedFor {
  readonly keys: ReadonlySet<string>;
  readonly journals: readonly WorkIdentity[];
}

/** Runs work with one journal: `runJournalled` with the journals and options at hand. */
export type Journalled = <Result>(
  identity: WorkIdentity,
  total: number,
  work: (long: LongWork<Answer>) => Promise<Result>,
  askedFor: AskedFor,
) => Promise<Result>;

/**
 * Runs work with the journals of all that is asked: answers of earlier runs are handed over together, and each new one goes
 * to the journal of the checkpoints it comes from.
 */
export function answersJournalled<Result>(
  asks: readonly Ask<Asked>[],
  journalled: Journalled,
  work: (long: LongWork<Answer>) => Promise<Result>,
): Promise<Result> {
  const all = answerJournals(asks);
  const journals = all.map(({ identity }) => identity);
  const open = (
    [next, ...others]: readonly AnswerJournal[],
    opened: readonly OpenJournal[],
  ): Promise<Result> => {
    if (next) {
      const run = (long: LongWork<Answer>): Promise<Result> =>
        // A journal may be opened again, when its answers were withdrawn meanwhile.
        open(others, [...opened, { keys: next.keys, long }]);
      return journalled(next.identity, next.keys.size, run, { keys: next.keys, journals });
    }
    const signals = opened.flatMap(({ long: { signal } }) => (signal ? [signal] : []));
    return work({
      ...opened[0]?.long,
      ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
      finished: new Map(opened.flatMap(({ long }) => [...(long.finished ?? [])])),
      onRecord: (key, answer) => opened.find(({ keys }) => keys.has(key))?.long.onRecord?.(key, answer),
    });
  };
  return open(all, []);
}

/** Whoever keeps the records of earlier runs: `Journals`. */
interface ReadJournals {
  read<Record>(
    identity: WorkIdentity,
    onNotice?: (notice: string) => void,
  ): Promise<ReadonlyMap<string, Record>>;
}

/**
 * What is kept of the answers to these asks.
 *
 * @param onNotice told of damage: those answers are asked for again
 * @throws NamedError `JournalFailed`
 */
export async function keptAnswers(
  asks: readonly Ask<Asked>[],
  journals: ReadJournals,
  onNotice?: (notice: string) => void,
): Promise<Answers> {
  const kept = await Promise.all(
    answerJournals(asks).map(({ identity }) => journals.read<Answer>(identity, onNotice)),
  );
  return new Map(kept.flatMap((answers) => [...answers]));
}

export interface AnswerJournal {
  readonly identity: WorkIdentity;
  readonly keys: ReadonlySet<string>;
}

interface OpenJournal {
  readonly keys: ReadonlySet<string>;
  readonly long: LongWork<Answer>;
}

/** Asks by the journal their answers belong to. */
export function answerJournals(asks: readonly Ask<Asked>[]): readonly AnswerJournal[] {
  const found = new Map<string, { identity: WorkIdentity; keys: Set<string> }>();
  // There are many asks, and few who are asked in few ways.
  const known = new Map<Asked, Map<AnswerSettings, Set<string>>>();
  const keysOf = (variant: Asked, settings: AnswerSettings): Set<string> => {
    const identity = answersIdentity(variant, settings);
    const name = JSON.stringify([identity.inputs, identity.settings]);
    const journal = found.get(name) ?? { identity, keys: new Set() };
    found.set(name, journal);
    return journal.keys;
  };
  for (const { key, variant, settings } of asks) {
    const ways = known.get(variant) ?? new Map<AnswerSettings, Set<string>>();
    const keys = ways.get(settings) ?? keysOf(variant, settings);
    known.set(variant, ways.set(settings, keys));
    keys.add(key);
  }
  return [...found.values()];
}
