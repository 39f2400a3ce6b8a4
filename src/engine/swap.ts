/** Keys and values captured from one prompt, and how they are laid over another's. */
import { NamedError } from '../named-error.ts';
import type { Backend, Feeds } from './backend/backend.ts';

/** What DeepStack adds to the output of LLM layer `layer`, counted from 0: `[tokens × hiddenSize]`. */
export interface LayerInjection {
  readonly layer: number;
  readonly values: Float32Array;
}

/** K (after RoPE) and V at chosen positions of one prompt (its image tokens), `[tokens × kvDim]` per layer. */
export interface CapturedKv {
  readonly tokens: number;
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  /** What DeepStack adds at these positions; empty for a model without. */
  readonly injections: readonly LayerInjection[];
}

/**
 * Linear resampling of `rows` along the token axis: row `i` of the result is read at `i (n − 1) / (m − 1)`
 * (docs/method.md §2.1). The identity when the counts agree.
 */
export function resampleTokens(rows: Float32Array, width: number, to: number): Float32Array {
  const from = rows.length / width;
  if (from === to) return rows;
  const out = new Float32Array(to * width);
  for (let row = 0; row < to; row++) {
    const at = to === 1 ? 0 : (row * (from - 1)) / (to - 1);
    const low = Math.min(Math.floor(at), from - 1);
    const high = Math.min(low + 1, from - 1);
    const weight = at - low;
    for (let column = 0; column < width; column++) {
      const a = rows[low * width + column] as number;
      const b = rows[high * width + column] as number;
      out[row * width + column] = a + (b - a) * weight;
    }
  }
  return out;
}

/** What is laid over the target, and where. */
export interface Overlay {
  readonly source: CapturedKv;
  readonly positions: readonly number[];
}

/** What the swap inputs of one layer need. */
export interface SwapLayout {
  readonly sequence: number;
  /** Position of the sequence's first token in the prompt; what is laid before it is left out. Left out: 0. */
  readonly offset?: number;
  readonly kvDim: number;
}

/**
 * Feeds `i.swap_mask`, `i.swap_key`, `i.swap_value` for layer `layer`, the `i`th of its run: slot `s` takes keys and values from
 * `overlays[s]`, or keeps its own where that is null. What is common to all swapped slots is sent once.
 *
 * @throws NamedError `NoImageTokens` when the target has nothing to replace, `UnknownPosition`, and
 * `IncompatibleSource` for keys and values of another architecture.
 */
export function swapFeeds(
  backend: Backend,
  layer: number,
  overlays: readonly (Overlay | null)[],
  { sequence, offset = 0, kvDim }: SwapLayout,
  index = 0,
): Feeds {
  for (const overlay of overlays) if (overlay) checkOverlay(overlay, layer, offset + sequence, kvDim);
  const mask = new Uint8Array(overlays.length * sequence);
  overlays.forEach((overlay, slot) => {
    for (const position of overlay?.positions ?? []) {
      if (position >= offset) mask[slot * sequence + position - offset] = 1;
    }
  });
  const laid = common(overlays) ?? overlays;
  const lay = (part: 'keys' | 'values'): Float32Array => {
    const out = new Float32Array(laid.length * sequence * kvDim);
    laid.forEach((overlay, slot) => {
      if (!overlay) return;
      const { source, positions } = overlay;
      const rows = resampleTokens(source[part][layer] as Float32Array, kvDim, positions.length);
      positions.forEach((position, token) => {
        if (position < offset) return;
        const row = rows.subarray(token * kvDim, (token + 1) * kvDim);
        out.set(row, (slot * sequence + position - offset) * kvDim);
      });
    });
    return out;
  };
  const dims = [laid.length, sequence, kvDim];
  return {
    [`${index}.swap_mask`]: backend.upload('bool', [overlays.length, sequence, 1], mask),
    [`${index}.swap_key`]: backend.upload('float32', dims, lay('keys')),
    [`${index}.swap_value`]: backend.upload('float32', dims, lay('values')),
  };
}

/** The one overlay of all swapped slots, if they have the same. */
function common(overlays: readonly (Overlay | null)[]): readonly [Overlay] | null {
  const [first, ...others] = overlays.filter((overlay) => overlay !== null);
  const same = others.every(
    ({ source, positions }) => source === first?.source && positions === first.positions,
  );
  return first && same ? [first] : null;
}

/** @throws NamedError as `swapFeeds`. */
export function checkOverlay(
  { source, positions }: Overlay,
  layer: number,
  sequence: number,
  kvDim: number,
): void {
  if (positions.length === 0) {
    throw new NamedError(
      'NoImageTokens',
      'a swap was asked for in a prompt without an image',
      {},
      'add an image, or name the positions',
    );
  }
  checkPositions(positions, sequence);
  checkSource(source, layer, kvDim);
}

/** @throws NamedError `UnknownPosition` for one outside the sequence. */
export function checkPositions(positions: readonly number[], sequence: number, field = 'positions'): void {
  const wrong = positions.find(
    (position) => !(Number.isInteger(position) && position >= 0 && position < sequence),
  );
  if (wrong === undefined) return;
  throw new NamedError(
    'UnknownPosition',
    `position ${wrong} was asked for, the sequence has ${sequence}`,
    { field },
    `name positions of the expanded prompt, 0 to ${sequence - 1}`,
  );
}

function checkSource({ tokens, keys, values }: CapturedKv, layer: number, kvDim: number): void {
  const found = [keys[layer]?.length, values[layer]?.length];
  if (found.every((size) => size === tokens * kvDim)) return;
  throw new NamedError(
    'IncompatibleSource',
    `layer ${layer} takes ${kvDim} values a token; the captured source has ${found[0] === undefined ? 'no such layer' : found[0] / tokens}`,
    {},
    'capture the source with a checkpoint of the same architecture',
  );
}
