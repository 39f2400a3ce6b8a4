import type { Answer } from '../../evaluation/answers/answer.ts';
import type { Ask } from '../../evaluation/answers/ask.ts';
import { type Answers, answerJournals } from '../../evaluation/answers/kept-answers.ts';
import type { Asked } from '../../evaluation/variant.ts';
import type { Journals } from './journals.ts';
import type { Origin } from './other-builds.ts';

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
    answerJournals(asks).map(async ({ identity, keys }) => ({
      keys,
      builds: await journals.otherBuilds(identity),
    })),
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
