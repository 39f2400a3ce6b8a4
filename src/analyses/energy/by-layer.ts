import type { FroNormFile } from '../../spectra/results/fro-norm.ts';

/** Mean over a layer's matrices of ‖Δ‖_F/‖W‖_F, or of ‖Δ‖_F (docs/method.md §5), of one update. */
export function energyByLayer({ summary }: FroNormFile, key: string, scale: 'relative' | 'absolute') {
  return summary.flatMap(({ layer_idx, n_params, frankenscope }) => {
    const mean = frankenscope?.deltas[key];
    if (!mean) return [];
    const value = scale === 'relative' ? mean.relative_norm_mean : mean.fro_norm_mean;
    return [{ layer: layer_idx, value, n: n_params }];
  });
}
