/** Parts of an analysis put together: as one run would have left it, without a model and without what was asked. */
import * as v from 'valibot';
import { analysis as energy } from '../analyses/energy/analysis.ts';
import { declaration as ofEnergy } from '../analyses/energy/declaration.mjs';
import type { Evaluation } from '../analyses/evaluation.ts';
import type { Probe } from '../analyses/probe.ts';
import { defaultValues } from '../analyses/setting-values.ts';
import { EVALUATIONS, PROBES, UPDATES } from '../analyses/registry.ts';
import type { Updates } from '../analyses/updates.ts';
import type { Answer } from '../evaluation/answers/answer.ts';
import { answerJournals } from '../evaluation/answers/kept-answers.ts';
import type { Json } from '../identity/canonical-json.ts';
import { NamedError } from '../named-error.ts';
import { parseCuts } from '../regions.ts';
import { recordShape } from '../study/journal/shapes.ts';
import { ANSWERS, evaluationOfParts, evaluationWorks, measuredOf } from '../study/parts/evaluation-part.ts';
import type { GivenParts } from '../study/parts/given-parts.ts';
import { refusal, refuseOtherWorks } from '../study/parts/part-file.ts';
import { probeOfParts } from '../study/parts/probe-part.ts';
import { comparedAgain, updatesOfParts } from '../study/parts/updates-part.ts';
import { probeFindings } from '../study/run/run-analysis.ts';
import { evaluationRan } from './evaluation-command.ts';
import { probeShown } from './probe-command.ts';
import type { ModelPlaces, Ran } from './ran.ts';
import { updatesRan } from './updates-command.ts';

/**
 * Records are put into the plan's order, and everything else is made of them anew.
 *
 * @throws NamedError those of `GivenParts`; `NotAPart` of a command that has no parts; `PartDamaged` where inputs are not those that name the
 *   work
 */
export function combined(parts: GivenParts, places: ModelPlaces = []): Promise<Ran> {
  const [probe, updates] = [PROBES.get(parts.command), UPDATES.get(parts.command)];
  if (probe) return combinedProbe(probe, parts, places);
  if (updates) return combinedUpdates(updates, parts);
  const evaluation = EVALUATIONS.get(parts.command);
  if (evaluation) return combinedEvaluation(evaluation, parts, places);
  throw new NamedError(
    'NotAPart',
    `"${parts.command}" is no command that has parts`,
    {},
    'give folders as --shard wrote them',
  );
}

async function combinedProbe(probe: Probe, parts: GivenParts, places: ModelPlaces): Promise<Ran> {
  const { name } = probe.declaration;
  const { given, values, plan } = await probeOfParts(probe, parts.given);
  await refuseOtherWorks(parts.works, [{ identity: plan.identity, total: plan.total }], name);
  const records = await parts.records(name, probe.shape, plan.keys);
  return {
    works: [plan.identity],
    records: [{ identity: plan.identity, total: plan.total, records }],
    files: plan.files(records),
    findings: probeFindings(probe, plan, records, given.models, values),
    shown: (placed) =>
      probeShown(
        probe,
        given,
        values,
        places.map((place) => placed(...place)),
      ),
  };
}

const OF_UPDATES = v.strictObject({
  compared: v.custom<Json>((value) => value !== undefined),
  cuts: v.nullable(v.pipe(v.tuple([v.number(), v.number()]), v.readonly())),
  besides: v.array(v.strictObject({ name: v.string(), values: v.record(v.string(), v.unknown()) })),
});

async function combinedUpdates(analysis: Updates, parts: GivenParts): Promise<Ran> {
  const { name } = analysis.declaration;
  const { cuts, besides, ...kept } = givenAs(OF_UPDATES, parts);
  const again = comparedAgain(kept.compared, name);
  const runs = updatesOfParts(analysis, UPDATES, { besides }, again);
  const works = runs.map(({ plan: { identity, total } }) => ({ identity, total }));
  await refuseOtherWorks(parts.works, works, name);
  const records = new Map<string, ReadonlyMap<string, unknown>>();
  for (const run of runs) {
    const shape = recordShape<unknown>(run.plan.identity.kind);
    const keys = run.plan.pairing.families.map((family) => family.name);
    records.set(run.name, await parts.records(run.name, shape, keys));
  }
  const inJournals = runs.map(({ name, plan: { identity, total } }) => {
    return { identity, total, records: records.get(name) ?? new Map<string, unknown>() };
  });
  const ran = updatesRan(analysis, runs, records, {
    cuts: cuts ? parseCuts(cuts.join(), again.compared.body.layers) : undefined,
    compared: () => Promise.resolve(again.compared),
  });
  return { ...ran, records: inJournals };
}

const OF_EVALUATION = v.strictObject({
  asked: v.custom<Json>((value) => value !== undefined),
  compared: v.custom<Json>((value) => value !== undefined),
});

async function combinedEvaluation(
  evaluation: Evaluation,
  parts: GivenParts,
  places: ModelPlaces,
): Promise<Ran> {
  const { name, measuresUpdates = false } = evaluation.declaration;
  const kept = givenAs(OF_EVALUATION, parts);
  const { values, plan, ...given } = await evaluationOfParts(evaluation, kept.asked);
  const again = measuresUpdates ? comparedAgain(kept.compared, name) : null;
  const energies = defaultValues(ofEnergy.settings);
  const measured =
    again && energy.plan({ checkpoints: again.set, computer: again.compared.computer }, energies);
  await refuseOtherWorks(parts.works, evaluationWorks(plan, measured), name);
  const { asks } = plan;
  const keys = asks.map(({ key }) => key);
  const answers = await parts.records(ANSWERS, recordShape<Answer>(ANSWERS), keys);
  const tensors = measured?.pairing.families.map((family) => family.name) ?? [];
  const energyRecords = measured && (await parts.records(ofEnergy.name, energy.shape, tensors));
  const updates = measured && energyRecords && measuredOf(measured, energyRecords, energies);
  const ran = await evaluationRan(
    evaluation,
    { given, values, plan },
    { asks, answers, updates, run: null },
    places,
  );
  const journals = answerJournals(asks).map(({ identity, keys }) => {
    return { identity, total: keys.size, records: new Map([...answers].filter(([key]) => keys.has(key))) };
  });
  const { identity, total } = measured ?? {};
  const ofUpdates =
    identity && energyRecords ? [{ identity, total: total ?? 0, records: energyRecords }] : [];
  return { ...ran, records: [...journals, ...ofUpdates] };
}

/** What the plan is laid out of. @throws NamedError `NotAPart` of another form */
function givenAs<Given>(shape: v.GenericSchema<Given>, { command, given }: GivenParts): Given {
  const { success, output } = v.safeParse(shape, given);
  if (success) return output;
  throw refusal('NotAPart', 'what its plan is laid out of is none of this version', command);
}
