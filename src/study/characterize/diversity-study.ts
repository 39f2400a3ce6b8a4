/** Update diversity as a study: which spectra, what they cost, and their result file. */
import type { Witnessed } from '../../checkpoint/whole-hash/witness.ts';
import type { DeltaChoice, DeltaSpec, Rounding } from '../../spectra/deltas/delta-spec.ts';
import { deltasOf } from '../../spectra/deltas/delta-spec.ts';
import type { CheckpointSet, Pairing } from '../../spectra/deltas/pairing.ts';
import { pairTensors } from '../../spectra/deltas/pairing.ts';
import type { Computers, SpectrumMode, SpectrumRecord } from '../../spectra/diversity.ts';
import { matrixShape, measureDiversity } from '../../spectra/diversity.ts';
import type { RegionCuts } from '../../spectra/regions.ts';
import { thirds } from '../../spectra/regions.ts';
import type { LayerwiseSvdFile } from '../../spectra/results/layerwise-svd.ts';
import { layerwiseSvdFile } from '../../spectra/results/layerwise-svd.ts';
import type { OverlapSection } from '../../spectra/results/subspace-overlap-file.ts';
import { identify } from '../../identity/identify.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { LongWork } from '../../work/long-work.ts';
import { checkDeltas } from './check-deltas.ts';
import { usedBy } from './energy-study.ts';
import { characterizeProvenance, fingerprints, modelNames, namesOf } from './provenance.ts';

export interface DiversitySettings {
  readonly rounding: Rounding;
  readonly delta: DeltaChoice;
  /** Also what is in no layer: embeddings, a head of its own, patch embedding. The reference leaves it out, as by default. */
  readonly outside?: boolean;
  /** Part of the names of the weights, or null for all matrices. */
  readonly weights: string | null;
  readonly mode: SpectrumMode;
  readonly topK: number;
  readonly seed: number;
  /** What computes: `cpu`, or the GPU by its name (`gpuName`). Numbers of two are not put into one result. */
  readonly computer: string;
}

export interface DiversityStudy {
  readonly checkpoints: CheckpointSet;
  readonly settings: DiversitySettings;
  readonly deltas: readonly DeltaSpec[];
  readonly pairing: Pairing;
  readonly identity: WorkIdentity;
  /** Records of the whole: one a tensor. */
  readonly total: number;
  /** Spectra of the whole: one a tensor and update. */
  readonly spectra: number;
  /** Σ over spectra of 2·m·n·min(m, n): what forming the Gram matrix, or reducing to a band, costs. */
  readonly operations: number;
}

/** @throws NamedError `NothingToCompare`; `TooFewCheckpoints` where no update can be formed */
export function diversityStudy(checkpoints: CheckpointSet, settings: DiversitySettings): DiversityStudy {
  const deltas = checkDeltas(deltasOf(checkpoints.keys(), settings.delta));
  const used = usedBy(checkpoints, deltas);
  const { weights, rounding, mode, topK, seed, computer, outside = false } = settings;
  const pairing = pairTensors(used, { weights, matrices: true, outside });
  const title = `Update diversity of ${namesOf(used)}; ${weights ?? 'all weights'}, ${mode}`;
  const identity = identify('diversity', title, {
    weights: fingerprints(used),
    ...{ deltas, rounding, outside, part: weights, mode, topK, computer },
    // Nothing is drawn at random in exact mode.
    seed: mode === 'fast' ? seed : null,
  });
  const total = pairing.families.length;
  return {
    ...{ checkpoints: used, settings, deltas, pairing, identity, total },
    spectra: total * deltas.length,
    operations: deltas.length * pairing.families.reduce((sum, family) => sum + operationsOf(family), 0),
  };
}

function operationsOf(family: Pairing['families'][number]): number {
  const { rows, columns } = matrixShape(family);
  return 2 * rows * columns * Math.min(rows, columns);
}

export function runDiversity(
  { checkpoints, deltas, pairing, settings }: DiversityStudy,
  computers: Computers,
  work: LongWork<SpectrumRecord> & Witnessed,
): Promise<ReadonlyMap<string, SpectrumRecord>> {
  const { rounding, mode, topK, seed } = settings;
  return measureDiversity({ checkpoints, deltas, pairing, rounding, mode, topK, seed }, computers, work);
}

/**
 * `layerwise_svd.json` of the records so far; cuts of Early, Mid, Late: thirds unless given.
 *
 * @param overlap what two of the updates share, where that was measured besides
 */
export function diversityFile(
  study: DiversityStudy,
  records: ReadonlyMap<string, SpectrumRecord>,
  cuts?: RegionCuts,
  overlap?: OverlapSection,
): LayerwiseSvdFile {
  const { checkpoints, deltas, pairing, settings } = study;
  const { rounding, weights, topK, mode, seed } = settings;
  return layerwiseSvdFile({
    ...{ pairing, deltas, records, rounding, weights, topK, models: modelNames(checkpoints) },
    cuts: cuts ?? thirds(pairing.layers),
    ...(overlap ? { overlap } : {}),
    provenance: characterizeProvenance(checkpoints, {
      ...{ tensors: pairing.families.length, done: records.size, mode, computer: settings.computer },
      ...(mode === 'fast' ? { seed } : {}),
    }),
  });
}
