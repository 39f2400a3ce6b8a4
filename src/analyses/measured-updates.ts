/** What every analysis of updates compares, and what of that decides its records. */
import { UPDATE_KEYS } from '../roles.mjs';
import { NamedError } from '../named-error.ts';
import type { Weights } from '../identity/deciding-inputs.ts';
import type { DeltaSpec, Rounding } from '../spectra/deltas/delta-spec.ts';
import { deltasOf } from '../spectra/deltas/delta-spec.ts';
import type { CheckpointSet } from '../spectra/deltas/pairing.ts';
import type { ValuesOf } from './declaration.ts';
import type { SettingValues } from './setting-values.ts';
import type { COMPARISON } from './shared-settings.mjs';
import { fingerprints } from './updates-provenance.ts';

/** Values of the settings that all have. */
export type ComparisonValues = ValuesOf<typeof COMPARISON>;

export interface DecidingUpdates {
  readonly weights: Weights;
  readonly deltas: readonly DeltaSpec[];
  readonly rounding: Rounding;
  readonly outside: boolean;
}

/** Why each decides. */
export const DECIDING_UPDATES = {
  weights: 'the values that are subtracted; no other file of a folder has a part in it',
  deltas: 'which checkpoint is subtracted from which, and whose norm divides',
  rounding: 'how values are subtracted',
  outside: 'whether weights in no layer count',
} as const;

/** Why what computes spectra decides them. */
export const DECIDING_COMPUTER = 'a GPU sums in float32, the CPU in float64, and GPUs in orders of their own';

/**
 * Every update that these checkpoints allow.
 *
 * @throws NamedError `TooFewCheckpoints` where there is none; `UnknownReference` where further ones are compared with what is not there
 */
export function updatesOf(
  checkpoints: CheckpointSet,
  { rlFrom, reference }: ComparisonValues,
): readonly DeltaSpec[] {
  const deltas = deltasOf(checkpoints.keys(), { rlFrom, ...(reference === null ? {} : { reference }) });
  if (deltas.some(({ from }) => !checkpoints.has(from)))
    throw new NamedError(
      'UnknownReference',
      `there is no checkpoint "${reference}" to compare further ones with`,
      { field: 'reference' },
      `open it, or choose one of ${[...checkpoints.keys()].join(', ')}`,
    );
  if (deltas.length > 0) return deltas;
  throw new NamedError(
    'TooFewCheckpoints',
    'an update is the difference of two checkpoints, and there are fewer',
    {},
    'open a second one: Base and IN, IN and RL, or any two',
  );
}

/** Only what is part of an update has to be there, and be read. */
export function usedBy(checkpoints: CheckpointSet, deltas: readonly DeltaSpec[]): CheckpointSet {
  const used = new Set(deltas.flatMap(({ to, from, relativeTo }) => [to, from, relativeTo]));
  return new Map([...checkpoints].filter(([role]) => used.has(role)));
}

export function decidingUpdates(
  used: CheckpointSet,
  deltas: readonly DeltaSpec[],
  { rounding, outside }: ComparisonValues,
): DecidingUpdates {
  return { weights: fingerprints(used), deltas, rounding, outside };
}

/** The settings that all have, as an identity tells them. */
export function comparisonOf({ rounding, outside, deltas }: SettingValues): SettingValues {
  const known = Array.isArray(deltas) ? (deltas as readonly Partial<DeltaSpec>[]) : [];
  const rl = known.find(({ key }) => key === UPDATE_KEYS.rl);
  const further = known.find(({ key }) => key !== UPDATE_KEYS.rl && key !== UPDATE_KEYS.in);
  return {
    ...{ rounding, outside: outside ?? false },
    rlFrom: rl?.from === 'base' ? 'base' : 'in',
    reference: further?.from ?? null,
  };
}
