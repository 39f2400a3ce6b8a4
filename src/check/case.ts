/** A case of the device check: one thing that the device computes, held to what somebody else computed. */
import type { Device, WeightDtype } from '../engine/protocol/device.ts';

export const CASES = [
  ...([
    'f32-prompt',
    'f32-answer',
    'f32-attention',
    'f32-interventions',
    'f16-prompt',
    'f16-answer',
  ] as const),
  ...(['q8-prompt', 'q8-answer', 'q4-prompt', 'q4-answer', 'spectrum', 'product'] as const),
] as const;
export type CaseName = (typeof CASES)[number];

/** Weights of the engine's cases; null of those of updates, which run no model. */
export function formatOf(name: CaseName): WeightDtype | null {
  return (['f32', 'f16', 'q8', 'q4'] as const).find((format) => name.startsWith(format)) ?? null;
}

/** What a bound is of: a share of the largest expected magnitude, or a count of tokens. */
export type BoundUnit = 'relative' | 'tokens';

export interface Bound {
  readonly unit: BoundUnit;
  /** The largest error that passes. */
  readonly limit: number;
}

/** Where the bounds come from. */
export const BOUNDS_FROM = {
  engine: 'README.md, "What the numbers are held to": what tests hold the engine to on eight checkpoints',
  spectra: 'src/spectra/gpu/self-check.ts: what the app asks of a GPU before it believes it',
} as const;

/** Those of `BOUNDS_FROM`; on WASM what reads logits alone has their wider one. */
export function boundOf(name: CaseName, device: Device): Bound {
  if (name.endsWith('-answer')) return { unit: 'tokens', limit: 0 };
  if (formatOf(name) === null) return { unit: 'relative', limit: 1e-5 };
  if (device === 'webgpu') return { unit: 'relative', limit: 2e-3 };
  return { unit: 'relative', limit: name === 'f32-interventions' ? 1e-3 : 1e-4 };
}

/** What was found of a case. */
export interface Found {
  readonly name: CaseName;
  readonly bound: Bound;
  /** In the unit of its bound; null where it did not come to one, as `problem` says. */
  readonly error: number | null;
  /** Which of its tensors is off the most. */
  readonly at: string | null;
  /** What was thrown. */
  readonly problem: string | null;
  readonly passed: boolean;
}

/** What a case measured. */
export interface Measured {
  readonly error: number;
  readonly at: string | null;
}
