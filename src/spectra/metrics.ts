/** The numbers a spectrum is summarised by (docs/method.md §6). */
import type { SpectrumAccuracy } from './accuracy.ts';
import { isAtFloor } from './rounding-floor.ts';

/** As the reference has it, and the definitions with it: keeps quotients and logarithms of zero finite. */
const TINY = 1e-12;

export interface SpectrumMetrics {
  /** σ₁. */
  readonly spectralNorm: number;
  /** Σσ. */
  readonly nuclearNorm: number;
  /** √Σσ². */
  readonly frobeniusNorm: number;
  /** ‖Δ‖_F² / (σ₁² + 1e-12). */
  readonly stableRank: number;
  /** exp(−Σ p ln p), p = σ/Σσ over σ > 1e-12; 0 where there is none. */
  readonly effectiveRank: number;
  /** σ₁ / (σ_min + 1e-12); null where it was not computed. */
  readonly conditionNumber: number | null;
  /** Whether the condition number is within 1 % of the truth; σ_min may be too small for the arithmetic. */
  readonly conditionKnown: boolean;
  /** Σ ln(σ_i + 1e-12) over the top k. */
  readonly logVolume: number;
  /** Descending, at most k. */
  readonly singularValues: readonly number[];
  /** Where a checkpoint stores the tensor rounded. */
  readonly rounding?: EdgeCount;
}

/** Singular values against those of rounding alone. */
export interface EdgeCount {
  /** See `noiseEdge`. */
  readonly edge: number;
  /** How many lie above it (`isAtFloor`). */
  readonly above: number;
}

/** How a spectrum is summarised. */
export interface MetricOptions {
  /** Singular values kept, and summed in the log volume. */
  readonly topK: number;
  readonly accuracy: SpectrumAccuracy;
  /** Of rounding alone; null where nothing was rounded. */
  readonly edge?: number | null;
}

/**
 * Summarises a whole spectrum.
 *
 * @param computed all min(rows, columns) singular values, descending
 */
export function spectrumMetrics(
  computed: Float64Array,
  { topK, accuracy, edge = null }: MetricOptions,
): SpectrumMetrics {
  const spectralNorm = computed[0] ?? 0;
  const floor = accuracy.floor * spectralNorm;
  const values = computed.map((value) => (value > floor ? value : 0));
  const smallest = values.at(-1) ?? 0;
  const squares = values.reduce((sum, value) => sum + value * value, 0);
  const conditionNumber = spectralNorm / (smallest + TINY);
  const top = values.slice(0, topK);
  return {
    spectralNorm,
    nuclearNorm: values.reduce((sum, value) => sum + value, 0),
    frobeniusNorm: Math.sqrt(squares),
    stableRank: squares / (spectralNorm * spectralNorm + TINY),
    effectiveRank: effectiveRank(values),
    conditionNumber,
    conditionKnown: spectralNorm === 0 || spectralNorm <= accuracy.conditionLimit * smallest,
    logVolume: logVolume(top),
    singularValues: [...top],
    ...edgeCount(values, edge),
  };
}

/** Of the values given. */
export function edgeCount(
  values: Float64Array | readonly number[],
  edge: number | null,
): Pick<SpectrumMetrics, 'rounding'> {
  if (edge === null) return {};
  let above = 0;
  for (const value of values) if (!isAtFloor(value, edge)) above += 1;
  return { rounding: { edge, above } };
}

/** Σ ln(σ + 1e-12). */
export function logVolume(top: Float64Array): number {
  return top.reduce((sum, value) => sum + Math.log(value + TINY), 0);
}

/** exp of the entropy of the singular values above 1e-12, taken as shares of their sum (Roy and Vetterli, 2007). */
export function effectiveRank(values: Float64Array): number {
  let sum = 0;
  let weighted = 0;
  for (const value of values) {
    if (value <= TINY) continue;
    sum += value;
    weighted += value * Math.log(value);
  }
  return sum === 0 ? 0 : Math.exp(Math.log(sum) - weighted / sum);
}
