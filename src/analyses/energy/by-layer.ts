import { isAtFloor } from '../../spectra/rounding-floor.ts';
import type { FroNormFile, FroNormMean } from '../../spectra/results/fro-norm.ts';

/**
 * Mean over a layer's matrices of ‖Δ‖_F/‖W‖_F, or of ‖Δ‖_F (docs/method.md §5), of one update; where a checkpoint is stored
 * rounded, with the same of rounding alone.
 */
export function energyByLayer({ summary }: FroNormFile, key: string, scale: 'relative' | 'absolute') {
  const valueOf = (mean: FroNormMean): number =>
    scale === 'relative' ? mean.relative_norm_mean : mean.fro_norm_mean;
  return summary.flatMap(({ layer_idx, n_params, frankenscope }) => {
    const mean = frankenscope?.deltas[key];
    if (!mean) return [];
    const value = valueOf(mean);
    const rounding = frankenscope.rounding_floor?.deltas[key];
    const floor = rounding ? valueOf(rounding) : null;
    const marked = floor === null ? {} : { floor, atFloor: isAtFloor(value, floor) };
    return [{ layer: layer_idx, value, n: n_params, ...marked }];
  });
}

/** Share of all weights that an update left as they were; null where none was compared. */
export function unchangedOfAll({ frankenscope }: FroNormFile, key: string): number | null {
  const { elements = 0, unchanged = {} } = frankenscope?.total ?? {};
  return elements === 0 ? null : (unchanged[key] ?? null);
}

/** Of one update. */
export interface FloorCounts {
  /** That a checkpoint stores rounded. */
  readonly matrices: number;
  /** Of these, whose update is not told from what rounding alone would give. */
  readonly atFloor: number;
}

export function floorCounts({ layers }: FroNormFile, key: string): FloorCounts {
  const rounded = layers.flatMap(({ frankenscope }) => {
    const floor = frankenscope?.rounding_floor?.fro_norm[key];
    return floor === undefined ? [] : [isAtFloor(frankenscope?.fro_norm[key] ?? 0, floor)];
  });
  return { matrices: rounded.length, atFloor: rounded.filter(Boolean).length };
}
