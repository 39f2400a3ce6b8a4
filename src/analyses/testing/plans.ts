/** Plans of updates with a command's defaults, computed on the CPU. */
import type { CheckpointSet } from '../../spectra/deltas/pairing.ts';
import type { ValuesOf } from '../declaration.ts';
import { analysis as diversity } from '../diversity/analysis.ts';
import { declaration as ofDiversity } from '../diversity/declaration.mjs';
import { analysis as energy } from '../energy/analysis.ts';
import { declaration as ofEnergy } from '../energy/declaration.mjs';
import { analysis as overlap } from '../overlap/analysis.ts';
import { declaration as ofOverlap } from '../overlap/declaration.mjs';
import { defaultValues } from '../setting-values.ts';

export type EnergyPlan = ReturnType<typeof energyPlan>;

export function energyPlan(
  checkpoints: CheckpointSet,
  values: Partial<ValuesOf<typeof ofEnergy.settings>> = {},
) {
  return energy.plan({ checkpoints, computer: 'cpu' }, { ...defaultValues(ofEnergy.settings), ...values });
}

export function diversityPlan(
  checkpoints: CheckpointSet,
  values: Partial<ValuesOf<typeof ofDiversity.settings>> = {},
) {
  return diversity.plan(
    { checkpoints, computer: 'cpu' },
    { ...defaultValues(ofDiversity.settings), ...values },
  );
}

export function overlapPlan(
  checkpoints: CheckpointSet,
  values: Partial<ValuesOf<typeof ofOverlap.settings>> = {},
) {
  return overlap.plan({ checkpoints, computer: 'cpu' }, { ...defaultValues(ofOverlap.settings), ...values });
}
