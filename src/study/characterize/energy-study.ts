/** Update energy as a study: what is compared with what, what it costs, and its result file. */
import type { Witnessed } from '../../checkpoint/whole-hash/witness.ts';
import type { DeltaChoice, DeltaSpec, Rounding } from '../../spectra/deltas/delta-spec.ts';
import { deltasOf } from '../../spectra/deltas/delta-spec.ts';
import type { CheckpointSet, Pairing } from '../../spectra/deltas/pairing.ts';
import { pairTensors } from '../../spectra/deltas/pairing.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import { measureEnergy } from '../../spectra/energy.ts';
import type { RegionCuts } from '../../spectra/regions.ts';
import { thirds } from '../../spectra/regions.ts';
import type { FroNormFile } from '../../spectra/results/fro-norm.ts';
import { froNormFile } from '../../spectra/results/fro-norm.ts';
import type { SpectraThreads } from '../../spectra/threads/spectra-threads.ts';
import { identify } from '../../identity/identify.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { LongWork } from '../../work/long-work.ts';
import { checkDeltas } from './check-deltas.ts';
import { characterizeProvenance, fingerprints, modelNames, namesOf } from './provenance.ts';

export interface EnergySettings {
  readonly rounding: Rounding;
  readonly delta: DeltaChoice;
  /** Also what is in no layer: embeddings, a head of its own, patch embedding. The reference leaves it out, as by default. */
  readonly outside?: boolean;
}

export interface EnergyStudy {
  readonly checkpoints: CheckpointSet;
  readonly settings: EnergySettings;
  readonly deltas: readonly DeltaSpec[];
  readonly pairing: Pairing;
  readonly identity: WorkIdentity;
  /** Records of the whole: one a tensor. */
  readonly total: number;
  /** What has to be read of all checkpoints. */
  readonly bytes: number;
}

/**
 * Lays out the study: every weight in a layer, projector or vision block (docs/method.md §5), and what is in none if asked.
 *
 * @throws NamedError `NothingToCompare`; `TooFewCheckpoints` where no update can be formed
 */
export function energyStudy(checkpoints: CheckpointSet, settings: EnergySettings): EnergyStudy {
  const deltas = checkDeltas(deltasOf(checkpoints.keys(), settings.delta));
  const used = usedBy(checkpoints, deltas);
  const { rounding, outside = false } = settings;
  const pairing = pairTensors(used, { weights: null, outside });
  const bytes = pairing.families.reduce(
    (sum, { entries }) => [...entries.values()].reduce((all, entry) => all + entry.bytes, sum),
    0,
  );
  const identity = identify('energy', `Update energy of ${namesOf(used)}`, {
    weights: fingerprints(used),
    deltas,
    rounding,
    outside,
  });
  return { checkpoints: used, settings, deltas, pairing, identity, total: pairing.families.length, bytes };
}

export function runEnergy(
  { checkpoints, deltas, pairing, settings }: EnergyStudy,
  threads: SpectraThreads,
  work: LongWork<EnergyRecord> & Witnessed,
): Promise<ReadonlyMap<string, EnergyRecord>> {
  return measureEnergy({ checkpoints, deltas, pairing, rounding: settings.rounding }, threads, work);
}

/** `fro_norm.json` of the records so far; cuts of Early, Mid, Late: thirds unless given. */
export function energyFile(
  study: EnergyStudy,
  records: ReadonlyMap<string, EnergyRecord>,
  cuts?: RegionCuts,
): FroNormFile {
  const { checkpoints, deltas, pairing, settings } = study;
  return froNormFile({
    ...{ pairing, deltas, records, rounding: settings.rounding, models: modelNames(checkpoints) },
    cuts: cuts ?? thirds(pairing.layers),
    provenance: characterizeProvenance(checkpoints, { tensors: pairing.families.length, done: records.size }),
  });
}

/** Only what is part of an update has to be there, and be read. */
export function usedBy(checkpoints: CheckpointSet, deltas: readonly DeltaSpec[]): CheckpointSet {
  const used = new Set(deltas.flatMap(({ to, from, relativeTo }) => [to, from, relativeTo]));
  return new Map([...checkpoints].filter(([role]) => used.has(role)));
}
