import type { Cited, CitedModel } from '../../../citation.ts';
import { comparisonAgain } from '../../../study/shown/comparison.ts';
import { givenAgain } from '../../../study/shown/probe-given.ts';
import type { OpenedStudy } from '../../state/opened-study.ts';
import type { ListedWork } from '../../state/shown-part.ts';

/** What makes a study's numbers in a shell, where its file is saved so. */
const COMMAND = 'npm run -s headless -- study --spec study.json --out study';

/** A study as it is cited: of the day on which the last of its numbers was computed. @throws NamedError `JournalFailed` */
export async function citedStudy({ name, result, journals, works }: OpenedStudy): Promise<Cited> {
  const keys = result.analyses.flatMap((analysis) => analysis.works.map(({ key }) => key));
  const origins = await Promise.all(keys.map((key) => journals.origin(key)));
  const days = origins.flatMap((origin) => origin?.at ?? []).sort();
  const inTurn = keys.flatMap((key) => works.filter((work) => work.key === key));
  const models = new Map(
    inTurn.flatMap(modelsOf).map((model) => [`${model.name} ${model.fingerprint}`, model]),
  );
  return {
    ...{ kind: 'study', title: name, version: result.frankenscope.version },
    date: days.at(-1) ?? new Date().toISOString(),
    models: [...models.values()],
    command: COMMAND,
  };
}

/** By the names that legends have. */
function modelsOf({ given }: ListedWork): readonly CitedModel[] {
  const asked = givenAgain(given)?.models.map(({ label, checkpoint }) => [label, checkpoint] as const);
  const { compared } = comparisonAgain(given) ?? {};
  const measured = [...(compared?.set ?? [])].map(
    ([role, checkpoint]) => [compared?.identities.get(role)?.label ?? role, checkpoint] as const,
  );
  return (asked ?? measured).map(([name, { name: folder, fingerprint }]) => ({ name, folder, fingerprint }));
}
