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

/** "512.0 MiB", "4.40 GiB": rounded up, so that what is said to be enough is enough. */
export function roundedUp(bytes: number): string {
  const up = (unit: number, digits: number): string =>
    (Math.ceil((bytes / unit) * 10 ** digits) / 10 ** digits).toFixed(digits);
  return bytes < 2 ** 30 ? `${up(2 ** 20, 1)} MiB` : `${up(2 ** 30, 2)} GiB`;
}

/** Scores of attention that is read: those of a row, in three arrays alive at once. */
export function scoreBytes({ heads }: Pick<TextConfig, 'heads'>, tokens: number): number {
  return 3 * heads * tokens ** 2 * Float32Array.BYTES_PER_ELEMENT;
}

/** The vision tower's on an image of so many patches: their pixels, and activations counted as `prefillBytesPerRow` does. */
export function visionBytes({ vision }: VlmConfig, patches: number): number {
  const pixels = vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2;
  const values = pixels + 3 * vision.intermediateSize + 6 * vision.hiddenSize;
  return patches * values * Float32Array.BYTES_PER_ELEMENT;
}
