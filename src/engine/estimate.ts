/** What a model will take, before it is loaded; and how many rows a prefill may hold. */
import { slotBytes } from '../graph/weights.ts';
import { NamedError } from '../named-error.ts';
import { architectureOf } from '../vlm/architecture.ts';
import type { TextConfig, VlmConfig } from '../vlm/config.ts';
import type { Device } from './protocol/device.ts';
import type { MemoryEstimate } from './protocol/loading.ts';
import type { PlannedWeight } from './weights/plan.ts';

/** WASM addresses 4 GiB; the module itself, JavaScript copies and fragmentation need the rest. */
const WASM_BUDGET_BYTES = 3 * 2 ** 30;
/** Without a figure from the user: browsers do not tell how much a GPU has. */
const GPU_BUDGET_BYTES = Infinity;
/** Activations one prefill may take. */
const PREFILL_BYTES = { webgpu: 2 ** 30, wasm: 2 ** 29 } as const;

/** Keys and values that one batch of answers may hold; more rows are answered in turn. */
const CACHE_BYTES = { webgpu: 2 * 2 ** 30, wasm: 2 ** 29 } as const;

/** Where weights are constants: the arrays that graphs are built from, and what the graphs hold. */
export const CONSTANT_COPIES = 2;

/** What the estimate is asked for: rows and positions of one batch. */
export interface BatchShape {
  readonly rows: number;
  readonly tokens: number;
}

export interface DeviceLimits {
  readonly device: Device;
  readonly maxTensorBytes: number;
  /** What the user lets the GPU be filled with. */
  readonly budgetBytes?: number;
}

/** Float32 keys and values of all layers for a batch. */
export function kvCacheBytes(text: TextConfig, { rows, tokens }: BatchShape): number {
  return 2 * text.layers * rows * tokens * text.kvHeads * text.headDim * Float32Array.BYTES_PER_ELEMENT;
}

/** Texts that prompts begin with, kept of a checkpoint (`Beginnings`): those of one that lends layers to others, and of several templates. */
export const KEPT_TEXTS = 4;
/** Of such a text, taken for as long as a prompt with instructions has before its image. */
const TEXT_TOKENS = 128;

/** Keys and values of kept texts in host memory, one of them as each row reads it: rows that leave out a layer each read their own. */
export function keptTextBytes(text: TextConfig, { rows, tokens }: BatchShape): number {
  return kvCacheBytes(text, { rows: KEPT_TEXTS - 1 + Math.min(rows, text.layers + 1), tokens });
}

/** Rows that may be decoded together, each of up to `tokens` positions. */
export function rowsPerBatch(text: TextConfig, tokens: number, limits: DeviceLimits): number {
  const perRow = kvCacheBytes(text, { rows: 1, tokens });
  const byBinding = limits.maxTensorBytes / (perRow / (2 * text.layers));
  return Math.max(1, Math.floor(Math.min(CACHE_BYTES[limits.device] / perRow, byBinding)));
}

/**
 * Activations alive at once in a layer: gate, up and their product, and some hidden-sized ones; one more of these for each
 * layer after which image features are injected (`injectedLayers`).
 */
export function prefillBytesPerRow(text: TextConfig, tokens: number, injected = 0): number {
  const values = 3 * text.intermediateSize + (6 + injected) * text.hiddenSize;
  return tokens * values * Float32Array.BYTES_PER_ELEMENT;
}

/** How many layers the model's DeepStack adds something after. */
export function injectedLayers(config: VlmConfig): number {
  return architectureOf(config).projectors(config.vision).length - 1;
}

/** Arrays of attention scores alive at once where attention is read: scaled, masked, normalized. */
const SCORE_ARRAYS = 3;

/**
 * Rows that one prefill of `tokens` positions may hold. `probed` where attention is read: then the scores of all
 * pairs of positions are written out, `[heads, tokens, tokens]` a row. `injected` as `injectedLayers` counts them.
 *
 * @throws NamedError `AttentionTooLarge` when the scores of one row exceed a binding.
 */
export function rowsPerPrefill(
  text: TextConfig,
  tokens: number,
  limits: DeviceLimits,
  probed = false,
  injected = 0,
): number {
  const scoreBytes = probed ? text.heads * tokens ** 2 * Float32Array.BYTES_PER_ELEMENT : 0;
  if (scoreBytes > limits.maxTensorBytes) {
    throw new NamedError(
      'AttentionTooLarge',
      `the attention among ${tokens} positions takes ${gib(scoreBytes)}, the device binds at most ${gib(limits.maxTensorBytes)}`,
      { field: 'attention' },
      'use a smaller image or a shorter text',
    );
  }
  const byMemory =
    PREFILL_BYTES[limits.device] / (prefillBytesPerRow(text, tokens, injected) + SCORE_ARRAYS * scoreBytes);
  const largest = Math.max(scoreBytes, tokens * text.intermediateSize * Float32Array.BYTES_PER_ELEMENT);
  const byBinding = limits.maxTensorBytes / largest;
  return Math.max(1, Math.floor(Math.min(byMemory, byBinding)));
}

/** Rows whose `fresh` tokens may see `seen` positions, themselves included, in one run with attention written out. */
export function rowsExtended(
  text: TextConfig,
  { fresh, seen }: { readonly fresh: number; readonly seen: number },
  limits: DeviceLimits,
): number {
  const scoreBytes = text.heads * fresh * seen * Float32Array.BYTES_PER_ELEMENT;
  const perRow = prefillBytesPerRow(text, fresh) + SCORE_ARRAYS * scoreBytes;
  return Math.floor(Math.min(PREFILL_BYTES[limits.device] / perRow, limits.maxTensorBytes / scoreBytes));
}

export function estimateMemory(
  config: VlmConfig,
  plan: readonly PlannedWeight[],
  shape: BatchShape,
  limits: DeviceLimits,
  alreadyHeldBytes: number,
): MemoryEstimate {
  const { text } = config;
  const slots = plan.flatMap((weight) => weight.slots);
  const copies = limits.device === 'wasm' ? CONSTANT_COPIES : 1;
  const weightBytes = copies * slots.reduce((sum, slot) => sum + slotBytes(slot), 0);
  const largest = slots.reduce((a, b) => (slotBytes(b) > slotBytes(a) ? b : a));
  const { rows: asked, tokens } = shape;
  // The rows', and what they begin with.
  const onDevice = kvCacheBytes(text, { rows: asked + 1, tokens });
  const kept = keptTextBytes(text, { rows: asked, tokens: Math.min(tokens, TEXT_TOKENS) });
  // Host memory is a GPU's no more than the page's.
  const kvBytes = onDevice + (limits.device === 'wasm' ? kept : 0);
  const injected = injectedLayers(config);
  const rows = Math.min(shape.rows, rowsPerPrefill(text, shape.tokens, limits, false, injected));
  const activationBytes = rows * prefillBytesPerRow(text, shape.tokens, injected);
  const totalBytes = weightBytes + kvBytes + activationBytes;
  const budgetBytes = limits.device === 'wasm' ? WASM_BUDGET_BYTES : (limits.budgetBytes ?? GPU_BUDGET_BYTES);
  const refusals: string[] = [];
  if (slotBytes(largest) > limits.maxTensorBytes) {
    refusals.push(
      `${largest.name} needs one binding of ${gib(slotBytes(largest))}, the device takes ${gib(limits.maxTensorBytes)}: choose q8 or q4`,
    );
  }
  if (totalBytes + alreadyHeldBytes > budgetBytes) {
    refusals.push(
      `${gib(totalBytes)} are needed, ${gib(alreadyHeldBytes)} are held, ${gib(budgetBytes)} may be used: ` +
        (limits.device === 'wasm' ? 'use WebGPU, or choose q8 or q4' : 'unload a model, or choose q8 or q4'),
    );
  }
  return {
    weightBytes,
    kvCacheBytes: kvBytes,
    activationBytes,
    totalBytes,
    largestBindingBytes: slotBytes(largest),
    bindingLimitBytes: limits.maxTensorBytes,
    budgetBytes,
    alreadyHeldBytes,
    fits: refusals.length === 0,
    refusals,
  };
}

function gib(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
