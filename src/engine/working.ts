/** What a call takes on its device beside weights, and how many rows it takes on at once. */
import type { TextConfig, VlmConfig } from '../vlm/config.ts';
import {
  type DeviceLimits,
  injectedLayers,
  kvCacheBytes,
  prefillBytesPerRow,
  rowsPerBatch,
  rowsPerPrefill,
} from './estimate.ts';

/** What is asked: rows of so many positions, the answer's included, of which a prompt has `prompt`. */
export interface Work {
  readonly rows: number;
  readonly tokens: number;
  readonly prompt: number;
}

export interface Working {
  readonly rowsPerPrefill: number;
  readonly rowsPerBatch: number;
  /** Keys and values of a batch and of what its rows begin with, and one prefill's activations. */
  readonly bytes: number;
}

/** As many rows at once as devices are given (`rowsPerBatch`, `rowsPerPrefill`), or as fit into `left` bytes; one at least. */
export function working(
  { config, left = Infinity }: { readonly config: VlmConfig; readonly left?: number },
  { rows, tokens, prompt }: Work,
  limits: DeviceLimits,
): Working {
  const { text } = config;
  const injected = injectedLayers(config);
  const prefillRow = prefillBytesPerRow(text, prompt, injected);
  const cacheRow = kvCacheBytes(text, { rows: 1, tokens });
  const most = rowsPerPrefill(text, prompt, limits, false, injected);
  // The cache is read at every step, and may have most of what is left.
  const prefill = fitting(most, left / 3 / prefillRow);
  const prefillBytes = Math.min(rows, prefill) * prefillRow;
  const batch = fitting(rowsPerBatch(text, tokens, limits), (left - prefillBytes) / cacheRow - 1);
  return {
    rowsPerPrefill: prefill,
    rowsPerBatch: batch,
    bytes: (Math.min(rows, batch) + 1) * cacheRow + prefillBytes,
  };
}

function fitting(most: number, fit: number): number {
  return Math.max(1, Math.min(most, Math.floor(fit)));
}

/** "512.0 MiB", "4.40 GiB". */
export function gib(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

/** Scores of attention that is read: those of a row, in three arrays alive at once. */
export function scoreBytes({ heads }: Pick<TextConfig, 'heads'>, tokens: number): number {
  return 3 * heads * tokens ** 2 * Float32Array.BYTES_PER_ELEMENT;
}

/** Activations of the vision tower on one image of so many pixels, counted as `prefillBytesPerRow` does. */
export function visionBytes({ vision }: VlmConfig, pixels: number): number {
  const values = 3 * vision.intermediateSize + 6 * vision.hiddenSize;
  return (pixels / vision.patchSize ** 2) * values * Float32Array.BYTES_PER_ELEMENT;
}
