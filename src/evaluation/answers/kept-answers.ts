import type { WorkIdentity } from '../../study/identity/work-identity.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { LongWork } from '../../study/work.ts';
import { answersIdentity } from '../identity.ts';
import type { Asked } from '../variant.ts';
import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';

export type Answers = ReadonlyMap<string, Answer>;

/** Runs work with one journal: `runJournalled` with the journals and options at hand. */
export type Journalled = <Result>(
  identity: WorkIdentity,
  total: number,
  work: (long: LongWork<Answer>) => Promise<Result>,
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
  const open = ([next, ...others]: readonly Shelf[], opened: readonly OpenShelf[]): Promise<Result> => {
    if (next) {
      // A shelf may be opened again, when its answers were withdrawn meanwhile.
      return journalled(next.identity, next.keys.size, (long) =>
        open(others, [...opened, { keys: next.keys, long }]),
      );
    }
    const signals = opened.flatMap(({ long: { signal } }) => (signal ? [signal] : []));
    return work({
      ...opened[0]?.long,
      ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
      finished: new Map(opened.flatMap(({ long }) => [...(long.finished ?? [])])),
      onRecord: (key, answer) => opened.find(({ keys }) => keys.has(key))?.long.onRecord?.(key, answer),
    });
  };
  return open(shelves(asks), []);
}

/** What is kept of the answers to these asks. @throws NamedError `JournalFailed` */
export async function keptAnswers(asks: readonly Ask<Asked>[], journals: Journals): Promise<Answers> {
  const kept = await Promise.all(shelves(asks).map(({ identity }) => journals.read<Answer>(identity)));
  return new Map(kept.flatMap((answers) => [...answers]));
}

interface Shelf {
  readonly identity: WorkIdentity;
  readonly keys: ReadonlySet<string>;
}

interface OpenShelf {
  readonly keys: ReadonlySet<string>;
  readonly long: LongWork<Answer>;
}

/** Asks by the journal their answers belong to. */
function shelves(asks: readonly Ask<Asked>[]): readonly Shelf[] {
  const found = new Map<string, { identity: WorkIdentity; keys: Set<string> }>();
  for (const { key, variant } of asks) {
    const identity = answersIdentity(variant.sources);
    const name = JSON.stringify(identity.inputs);
    const shelf = found.get(name) ?? { identity, keys: new Set() };
    shelf.keys.add(key);
    found.set(name, shelf);
  }
  return [...found.values()];
}
