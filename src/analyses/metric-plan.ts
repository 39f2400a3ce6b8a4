/** Variants on M_vis, M_v2r and M_rea (docs/method.md §7.2), and the files of what they answer. */
import { answersOf, askingHere, partAsked } from '../evaluation/answers/asking.ts';
import { transferExperiments } from '../evaluation/experiment.ts';
import { transferFacts } from '../evaluation/results/facts.ts';
import { resultPieces } from '../evaluation/results/write.ts';
import type { ItemSets } from '../evaluation/samples/item-sets.ts';
import { metricTable } from '../evaluation/tables/metric-table.ts';
import type { Variant } from '../evaluation/variant.ts';
import type { Cuts } from '../regions.ts';
import { answerSettings } from './answer-settings.ts';
import type { ValuesOf } from './declaration.ts';
import type { EvaluationPlan, GivenEvaluation } from './evaluation.ts';
import { evaluationCost } from './plan.ts';
import type { EVALUATED } from './shared-settings.mjs';

interface Asked extends Pick<ValuesOf<typeof EVALUATED>, 'style' | 'maxNewTokens' | 'seed'> {
  /** Last layers of Early and Mid; undefined for thirds. */
  readonly cuts: Cuts | undefined;
  /** The variant that others are compared with. */
  readonly reference: string;
}

/** Whether any of the metrics has a question. */
export function asksMetrics(samples: ItemSets): boolean {
  return transferExperiments(samples).length > 0;
}

/** @throws NamedError those of reading pictures; `MissingDescription` */
export async function metricPlan(
  { engine, models, samples, reading, work }: GivenEvaluation,
  variants: readonly Variant[],
  { cuts, reference, ...values }: Asked,
): Promise<EvaluationPlan> {
  const experiments = transferExperiments(samples);
  const settings = answerSettings(models, values, reading);
  const asking = await askingHere(engine, variants, experiments, settings, work);
  const total = answersOf(asking.asks);
  return {
    ...asking,
    ...{ variants, total },
    cost: evaluationCost(
      experiments.reduce((sum, experiment) => sum + experiment.samples.length, 0),
      ...([total, models.length, settings.maxNewTokens] as const),
      partAsked(asking.asks),
    ),
    files({ graded, done, origin }) {
      const residents = models.map(({ name, ...resident }) => ({ label: name, ...resident }));
      const answers = { total, done, ...origin };
      const facts = transferFacts(residents, settings, cuts ?? null, answers, values.seed);
      return resultPieces(metricTable(graded, reference), graded, experiments, { frankenscope: facts });
    },
  };
}
