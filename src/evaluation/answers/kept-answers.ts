import type { WorkIdentity } from '../../study/identity/work-identity.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { Origin } from '../../study/journal/other-builds.ts';
import type { LongWork } from '../../work/long-work.ts';
import { answersIdentity } from '../identity.ts';
import type { Asked } from '../variant.ts';
import type { Answer } from './answer.ts';
import type { AnswerSettings, Ask } from './ask.ts';

export type Answers = ReadonlyMap<string, Answer>;

/** Runs work with one journal: `runJournalled` with the journals and options at hand. `keys`: of its records that are asked for. */
export type Journalled = <Result>(
  identity: WorkIdentity,
  total: number,
  work: (long: LongWork<Answer>) => Promise<Result>,
  keys: ReadonlySet<string>,
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
      const run = (long: LongWork<Answer>): Promise<Result> =>
        // A shelf may be opened again, when its answers were withdrawn meanwhile.
        open(others, [...opened, { keys: next.keys, long }]);
      return journalled(next.identity, next.keys.size, run, next.keys);
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

/**
 * What is kept of the answers to these asks.
 *
 * @param onNotice told of damage: those answers are asked for again
 * @throws NamedError `JournalFailed`
 */
export async function keptAnswers(
  asks: readonly Ask<Asked>[],
  journals: Journals,
  onNotice?: (notice: string) => void,
): Promise<Answers> {
  const kept = await Promise.all(
    shelves(asks).map(({ identity }) => journals.read<Answer>(identity, onNotice)),
  );
  return new Map(kept.flatMap((answers) => [...answers]));
}

/** Answers that another build computed. */
export interface OtherAnswers {
  readonly origin: Origin;
  readonly answers: Answers;
  /** Records that are damaged, or of a shape that this build does not know. */
  readonly left: number;
}

/**
 * What another build kept of the answers to these asks: of one code alone, that of the latest that has any.
 *
 * @throws NamedError `JournalFailed`
 */
export async function otherAnswers(
  asks: readonly Ask<Asked>[],
  journals: Journals,
): Promise<OtherAnswers | null> {
  const found = await Promise.all(
    shelves(asks).map(async ({ identity, keys }) => ({ keys, builds: await journals.otherBuilds(identity) })),
  );
  const origins = found.flatMap(({ builds }) => builds).sort((a, b) => (a.at < b.at ? 1 : -1));
  for (const modules of new Set(origins.map((origin) => origin.modules))) {
    const answers = new Map<string, Answer>();
    let left = 0;
    for (const { keys, builds } of found) {
      const same = builds.find((build) => build.modules === modules);
      if (!same) continue;
      const kept = await journals.ofOtherBuild<Answer>('answers', same);
      left += kept.left;
      for (const [key, answer] of kept.records) if (keys.has(key)) answers.set(key, answer);
    }
    const origin = origins.find((one) => one.modules === modules);
    if (origin && answers.size > 0) return { origin, answers, left };
  }
  return null;
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
  // There are many asks, and few who are asked in few ways.
  const known = new Map<Asked, Map<AnswerSettings, Set<string>>>();
  const shelfOf = (variant: Asked, settings: AnswerSettings): Set<string> => {
    const identity = answersIdentity(variant, settings);
    const name = JSON.stringify([identity.inputs, identity.settings]);
    const shelf = found.get(name) ?? { identity, keys: new Set() };
    found.set(name, shelf);
    return shelf.keys;
  };
  for (const { key, variant, settings } of asks) {
    const ways = known.get(variant) ?? new Map<AnswerSettings, Set<string>>();
    const keys = ways.get(settings) ?? shelfOf(variant, settings);
    known.set(variant, ways.set(settings, keys));
    keys.add(key);
  }
  return [...found.values()];
}
