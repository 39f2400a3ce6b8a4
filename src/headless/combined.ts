/** Parts of an analysis put together: as one run would have left it, without a model and without what was asked. */
import type { Probe } from '../analyses/probe.ts';
import { PROBES } from '../analyses/registry.ts';
import { NamedError } from '../named-error.ts';
import type { GivenParts } from '../study/parts/given-parts.ts';
import { refuseOtherWorks } from '../study/parts/part-file.ts';
import { probeOfParts } from '../study/parts/probe-part.ts';
import { probeFindings } from '../study/run/run-analysis.ts';
import { probeShown } from './probe-command.ts';
import type { Ran } from './ran.ts';

/** By flag and place, where its models came from: a study shows them by these. */
export type ModelPlaces = readonly (readonly [flag: string, index: number])[];

/**
 * Records are put into the plan's order, and everything else is made of them anew.
 *
 * @throws NamedError those of `GivenParts`; `NotAPart` of a command that has no parts; `PartDamaged` where inputs are not those that name the
 *   work
 */
export function combined(parts: GivenParts, places: ModelPlaces = []): Promise<Ran> {
  const probe = PROBES.get(parts.command);
  if (probe) return combinedProbe(probe, parts, places);
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
    files: plan.files(records),
    findings: probeFindings(probe, plan, records, given.models, values),
    shown: (placed) => probeShown(probe, given, values, places.map((place) => placed(...place))),
  };
}
