import { NamedError } from '../../named-error.ts';
import type { DeltaSpec } from '../../spectra/deltas/delta-spec.ts';

/** @throws NamedError `TooFewCheckpoints` where there is no update to measure */
export function checkDeltas(deltas: readonly DeltaSpec[]): readonly DeltaSpec[] {
  if (deltas.length > 0) return deltas;
  throw new NamedError(
    'TooFewCheckpoints',
    'an update is the difference of two checkpoints, and there are fewer',
    {},
    'open a second one: Base and IN, IN and RL, or any two',
  );
}
