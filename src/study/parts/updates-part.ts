/** The part of an analysis of updates: every n-th tensor by size, and what the whole is laid out of again. */
import type { SettingValues } from '../../analyses/setting-values.ts';
import { type Shard, tensorsOf } from '../../analyses/shard.ts';
import type { Updates, UpdatesPlan } from '../../analyses/updates.ts';
import type { Json } from '../../identity/canonical-json.ts';
import type { CheckpointSet } from '../../spectra/deltas/pairing.ts';
import { comparisonAgain, type Compared, keptComparison } from '../shown/comparison.ts';
import { type Part, type PartRecords, refusal } from './part-file.ts';

/** An analysis of updates that a command runs: its own, and each that it measures besides. */
export interface RunUpdates {
  readonly name: string;
  readonly values: SettingValues;
  readonly plan: UpdatesPlan<unknown, unknown>;
}

/** Updates that were measured of a part, and what they are of. */
export interface MeasuredPart extends RunUpdates {
  readonly records: ReadonlyMap<string, unknown>;
  readonly compared: Omit<Compared, 'identities'>;
}

/** This part's records of one, in the plan's order. */
export function updatesRecords(
  { name, plan }: Pick<RunUpdates, 'name' | 'plan'>,
  records: ReadonlyMap<string, unknown>,
  shard: Shard,
): PartRecords {
  const keys = tensorsOf(plan.pairing, shard).filter((key) => records.has(key));
  return { of: name, records: keys.map((key) => [key, records.get(key)] as const) };
}

/** Of a part: what the plan of updates is laid out of. Null of merges that nobody wrote. */
export function comparedOfPart(compared: Omit<Compared, 'identities'>, values: SettingValues): Json | null {
  return keptComparison({ ...compared, identities: new Map() }, values);
}

/**
 * @param runs the command's own first
 * @param measured by name, records of this part
 * @param compared of `comparedOfPart`
 * @param cuts where regions end, where that was given
 */
export function updatesPart(
  runs: readonly RunUpdates[],
  measured: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
  { compared, cuts }: { readonly compared: Json; readonly cuts: Json },
  shard: Shard,
): Part {
  const [main, ...besides] = runs;
  return {
    ...{ command: main?.name ?? '', shard },
    works: runs.map(({ plan: { identity, total } }) => ({ identity, total })),
    records: runs.map((run) => updatesRecords(run, measured.get(run.name) ?? new Map(), shard)),
    given: JSON.parse(
      JSON.stringify({ compared, cuts, besides: besides.map(({ name, values }) => ({ name, values })) }),
    ) as Json,
  };
}

/** What was compared, and by which settings. @throws NamedError `NotAPart` */
export function comparedAgain(
  kept: Json | undefined,
  command: string,
): { readonly compared: Compared; readonly set: CheckpointSet; readonly values: SettingValues } {
  const again = kept === undefined ? null : comparisonAgain(kept);
  if (!again) throw refusal('NotAPart', 'what was compared is none of this version', command);
  return { ...again, set: again.compared.set };
}

/** The same analyses again. @throws NamedError `NotAPart`; those of the analyses */
export function updatesOfParts(
  analysis: Updates,
  known: ReadonlyMap<string, Updates>,
  { besides }: { readonly besides: readonly Pick<RunUpdates, 'name' | 'values'>[] },
  { compared: { computer }, set: checkpoints, values }: ReturnType<typeof comparedAgain>,
): readonly RunUpdates[] {
  const { name } = analysis.declaration;
  const laid = (one: Updates, values: SettingValues): RunUpdates => {
    return { name: one.declaration.name, values, plan: one.plan({ checkpoints, computer }, values) };
  };
  return [
    laid(analysis, values),
    ...besides.map((beside) => {
      const one = known.get(beside.name);
      if (one?.declaration.partOf !== name)
        throw refusal('NotAPart', `"${beside.name}" is not measured with it`, name);
      return laid(one, beside.values);
    }),
  ];
}
