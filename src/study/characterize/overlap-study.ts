/** Principal subspaces as a study: which two updates, what it costs, and its result file. */
import type { Witnessed } from '../../checkpoint/whole-hash/witness.ts';
import { NamedError } from '../../named-error.ts';
import type { DeltaChoice, DeltaSpec, Rounding } from '../../spectra/deltas/delta-spec.ts';
import { deltasOf } from '../../spectra/deltas/delta-spec.ts';
import type { CheckpointSet, Pairing } from '../../spectra/deltas/pairing.ts';
import { pairTensors } from '../../spectra/deltas/pairing.ts';
import type { Computers } from '../../spectra/diversity.ts';
import type { OverlapRecord } from '../../spectra/overlap.ts';
import { measureOverlap, vectorsOf } from '../../spectra/overlap.ts';
import type { RegionCuts } from '../../spectra/regions.ts';
import { thirds } from '../../spectra/regions.ts';
import type { OverlapSection, SubspaceOverlapFile } from '../../spectra/results/subspace-overlap-file.ts';
import { overlapSection, subspaceOverlapFile } from '../../spectra/results/subspace-overlap-file.ts';
import { identify } from '../../identity/identify.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { LongWork } from '../../work/long-work.ts';
import { checkDeltas } from './check-deltas.ts';
import { usedBy } from './energy-study.ts';
import { characterizeProvenance, fingerprints, modelNames, namesOf } from './provenance.ts';

/** Directions compared unless told otherwise. */
export const DIRECTIONS = 10;

export interface OverlapSettings {
  readonly rounding: Rounding;
  readonly delta: DeltaChoice;
  /** Also what is in no layer: embeddings, a head of its own, patch embedding. The reference leaves it out, as by default. */
  readonly outside?: boolean;
  /** Part of the names of the weights, or null for all matrices. */
  readonly weights: string | null;
  /** Keys of the two updates; null for the first two there are, IN − Base and RL − IN where both are. */
  readonly pair: readonly [string, string] | null;
  /** Directions compared, at most. */
  readonly k: number;
  readonly seed: number;
  /** What computes: `cpu`, or the GPU by its name (`gpuName`). Numbers of two are not put into one result. */
  readonly computer: string;
}

export interface OverlapStudy {
  readonly checkpoints: CheckpointSet;
  readonly settings: OverlapSettings;
  /** Every update that could be compared. */
  readonly choices: readonly DeltaSpec[];
  readonly deltas: readonly [DeltaSpec, DeltaSpec];
  readonly pairing: Pairing;
  readonly identity: WorkIdentity;
  /** Records of the whole: one a tensor. */
  readonly total: number;
  /** Σ over both updates of 2·m·n for each vector multiplied, at most. */
  readonly operations: number;
}

/** @throws NamedError `TooFewCheckpoints`, `TooFewUpdates`, `NothingToCompare`; `UnknownUpdate` for a pair that is not there */
export function overlapStudy(checkpoints: CheckpointSet, settings: OverlapSettings): OverlapStudy {
  const choices = checkDeltas(deltasOf(checkpoints.keys(), settings.delta));
  const deltas = pairOf(choices, settings.pair);
  const used = usedBy(checkpoints, deltas);
  const { weights, rounding, k, seed, computer, outside = false } = settings;
  const pairing = pairTensors(used, { weights, matrices: true, outside });
  const keys = deltas.map(({ key }) => key);
  const title = `Overlap of ${keys.join(' and ')} in ${namesOf(used)}; ${weights ?? 'all weights'}, ${k} directions`;
  const identity = identify('overlap', title, {
    weights: fingerprints(used),
    ...{ deltas, rounding, outside, part: weights, k, seed, computer },
  });
  const elements = pairing.families.reduce((sum, family) => sum + family.elements, 0);
  return {
    ...{ checkpoints: used, settings, choices, deltas, pairing, identity, total: pairing.families.length },
    operations: deltas.length * 2 * elements * vectorsOf(k),
  };
}

export function runOverlap(
  { checkpoints, deltas, pairing, settings }: OverlapStudy,
  computers: Computers,
  work: LongWork<OverlapRecord> & Witnessed,
): Promise<ReadonlyMap<string, OverlapRecord>> {
  const { rounding, k, seed } = settings;
  return measureOverlap({ checkpoints, deltas, pairing, rounding, k, seed }, computers, work);
}

/** What `layerwise_svd.json` takes over of the records; cuts as for a file of their own. */
export function overlapSectionOf(
  { deltas, pairing, settings }: OverlapStudy,
  records: ReadonlyMap<string, OverlapRecord>,
  cuts?: RegionCuts,
): OverlapSection {
  return overlapSection({ pairing, deltas, records, k: settings.k, cuts: cuts ?? thirds(pairing.layers) });
}

/** `subspace_overlap.json` of the records so far; cuts of Early, Mid, Late: thirds unless given. */
export function overlapFile(
  { checkpoints, deltas, pairing, settings }: OverlapStudy,
  records: ReadonlyMap<string, OverlapRecord>,
  cuts?: RegionCuts,
): SubspaceOverlapFile {
  const { rounding, weights, k, seed } = settings;
  return subspaceOverlapFile({
    ...{ pairing, deltas, records, rounding, weights, k, models: modelNames(checkpoints) },
    cuts: cuts ?? thirds(pairing.layers),
    provenance: characterizeProvenance(checkpoints, {
      ...{ tensors: pairing.families.length, done: records.size, seed, computer: settings.computer },
    }),
  });
}

function pairOf(
  choices: readonly DeltaSpec[],
  pair: OverlapSettings['pair'],
): readonly [DeltaSpec, DeltaSpec] {
  const names = choices.map(({ key }) => key).join(', ');
  const wanted = pair ?? choices.slice(0, 2).map(({ key }) => key);
  const [first, second] = wanted.map((key) => {
    const found = choices.find((delta) => delta.key === key);
    if (found) return found;
    throw new NamedError('UnknownUpdate', `there is no update "${key}"`, {}, `choose two of ${names}`);
  });
  if (first && second && first !== second) return [first, second];
  throw new NamedError(
    'TooFewUpdates',
    `an overlap is of two different updates; here is ${names}`,
    {},
    'open a third checkpoint: Base, IN and RL make two updates',
  );
}
