import { indexOfRow } from '../../layer-index.ts';
import { tensorPlace } from '../../checkpoint/tensor-place.ts';
import { canonicalName } from '../../checkpoint/tensor-name.ts';
import type { DeltaSpec, Rounding } from '../../spectra/deltas/delta-spec.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import { REGIONS, regionOf, type Cuts, type Region } from '../../regions.ts';
import type { AskedModel } from '../asked-model.ts';
import type { MeasuredUpdates } from '../evaluation.ts';

/** Where a weight lies: a region of the LLM, or outside its layers. */
export type Place = Region | 'outside';

/** What one delta (a run minus IN) did to one place. */
export interface PlaceUpdate {
  readonly place: Place;
  readonly tensors: number;
  readonly elements: number;
  /** Elements that are exactly as before. */
  readonly unchanged: number;
  /** Σ δ². */
  readonly square: number;
  /** ‖Δ‖_F over all weights of the place. */
  readonly norm: number;
  /** Joint ‖Δ‖_F / ‖W_IN‖_F of the place, as one vector (docs/method.md §5). */
  readonly relative: number;
  /** Its part of all Σ δ²; null where the whole update is zero. */
  readonly share: number | null;
}

export interface FreezeFinding {
  readonly delta: string;
  readonly places: readonly PlaceUpdate[];
  /** Regions without any change at all: Δ exactly zero (docs/method.md §8). */
  readonly untouched: readonly Place[];
}

/**
 * Sums one delta's energy by region (docs/method.md §8): which regions are untouched, and where the update went instead. Weights
 * are those that energy is measured on, with matrices and biases but no norms.
 *
 * @param from the checkpoint that norms are relative to, a key of the records' `weights`
 */
export function freezeFinding(
  records: ReadonlyMap<string, EnergyRecord>,
  delta: string,
  from: string,
  cuts: Cuts,
): FreezeFinding {
  const sums = new Map<
    Place,
    { tensors: number; elements: number; unchanged: number; square: number; weight: number }
  >();
  let total = 0;
  for (const [name, record] of records) {
    const place = placeOf(name, cuts);
    const sum = sums.get(place) ?? { tensors: 0, elements: 0, unchanged: 0, square: 0, weight: 0 };
    const square = record.squares[delta] ?? 0;
    sum.tensors++;
    sum.elements += record.elements;
    sum.unchanged += record.unchanged[delta] ?? 0;
    sum.square += square;
    sum.weight += record.weights[from] ?? 0;
    total += square;
    sums.set(place, sum);
  }
  const order: readonly Place[] = [...REGIONS, 'outside'];
  const places = order.flatMap((place): PlaceUpdate[] => {
    const sum = sums.get(place);
    if (!sum) return [];
    const { tensors, elements, unchanged, square, weight } = sum;
    return [
      {
        ...{ place, tensors, elements, unchanged, square },
        norm: Math.sqrt(square),
        relative: Math.sqrt(square) / (Math.sqrt(weight) + 1e-8),
        share: total === 0 ? null : square / total,
      },
    ];
  });
  const untouched = places
    .filter(({ elements, unchanged }) => unchanged === elements)
    .map(({ place }) => place);
  return { delta, places, untouched };
}

/** One run's part of `frozen_check.json`. */
interface CheckedRun extends Omit<FreezeFinding, 'delta'> {
  readonly model: string;
  /** Difference of shares from RL's, by place, in the order of `places`; of RL itself, and without it, none. */
  readonly againstRl?: readonly (number | null)[];
}

/** `frozen_check.json`: of each model that is asked its update from IN. */
export interface FrozenCheck {
  /** Last layers of Early and Mid. */
  readonly cuts: Cuts;
  readonly rounding: Rounding;
  /** Weights that were compared. */
  readonly tensors: number;
  readonly updates: readonly CheckedRun[];
}

/** What each update did to each region. @param models those that are asked, by their names in results */
export function frozenCheck(
  { plan, records: unordered, rounding }: MeasuredUpdates,
  models: readonly AskedModel[],
  cuts: Cuts,
): FrozenCheck {
  // Sums depend on the order of what is summed, and records come as threads are done with them.
  const records = new Map(
    plan.pairing.families.flatMap(({ name }) => {
      const record = unordered.get(name);
      return record ? [[name, record] as const] : [];
    }),
  );
  const left = new Set(models);
  const found = updatesFromIn(plan.deltas).flatMap(({ key, to, from }) => {
    const fingerprint = plan.checkpoints.get(to)?.fingerprint;
    const asked = [...left].find(({ checkpoint }) => checkpoint.fingerprint === fingerprint);
    if (!asked) return [];
    left.delete(asked);
    return [{ to, model: asked.name, finding: freezeFinding(records, key, from, cuts) }];
  });
  const plain = found.find(({ to }) => to === 'rl')?.finding;
  return {
    ...{ cuts, rounding, tensors: records.size },
    updates: found.map(({ model, finding }) => ({
      ...{ model, places: finding.places, untouched: finding.untouched },
      ...(plain && plain !== finding
        ? { againstRl: redistribution(finding, plain).map(({ difference }) => difference) }
        : {}),
    })),
  };
}

/** Updates that began at IN. */
export function updatesFromIn(deltas: readonly DeltaSpec[]): readonly DeltaSpec[] {
  return deltas.filter(({ from, to }) => from === 'in' && to !== 'in');
}

/** How a run's energy is distributed against a reference run's: share by place, and the difference of shares. */
export interface Redistribution {
  readonly place: Place;
  /** Null where one of the updates is zero. */
  readonly difference: number | null;
}

export function redistribution(run: FreezeFinding, reference: FreezeFinding): readonly Redistribution[] {
  return run.places.map(({ place, share }) => {
    const before = reference.places.find((other) => other.place === place)?.share ?? null;
    return { place, difference: share === null || before === null ? null : share - before };
  });
}

function placeOf(name: string, cuts: Cuts): Place {
  const { part, block } = tensorPlace(canonicalName(name));
  return (part === 'layer' ? regionOf(indexOfRow(block), cuts) : null) ?? 'outside';
}
