import { evaluationCost } from '../../analyses/plan.ts';
import type { Ask } from '../../evaluation/answers/ask.ts';
import { answersOf, partAsked } from '../../evaluation/answers/asking.ts';
import type { Asked } from '../../evaluation/variant.ts';
import { asked } from '../state/asked-slot.ts';
import type { getStores } from '../stores.ts';

type Stores = Pick<ReturnType<typeof getStores>, 'costs' | 'family' | 'images'>;

/** Of `AnswerRun`. */
interface Answering {
  readonly next: { readonly asks: readonly Ask<Asked>[] } | null;
  readonly done: number;
  readonly running: boolean;
  readonly former: boolean;
  readonly origin: object | null;
}

/** What is said of an evaluation's seconds beside its button; called while its screen is made. */
export function answerSeconds({ costs, family, images }: Stores, analysis: string, run: Answering) {
  const total = (): number => answersOf(run.next?.asks ?? []);
  return costs.followAsking(() => {
    const asks = run.next?.asks ?? [];
    const [first] = asks;
    const answers = total();
    return {
      ...{ analysis, models: family.loaded.map(asked), total: answers, running: run.running },
      done: run.former || run.origin ? 0 : run.done,
      asked: first
        ? {
            counts: evaluationCost(
              new Set(asks.map(({ sample }) => sample)).size,
              ...([answers, family.loaded.length, first.settings.maxNewTokens] as const),
              partAsked(asks),
            ),
            samples: asks.map(({ sample }) => sample),
            reading: images.reading,
          }
        : null,
    };
  });
}
