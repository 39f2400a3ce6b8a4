/** Fast mode: a spectrum's head from block Krylov iteration, the rest as a stochastic estimate with its error bar. */
import type { MatrixOperator, SpectrumOptions } from '../backend.ts';
import type { SpectrumMetrics } from '../metrics.ts';
import { logVolume } from '../metrics.ts';
import type { ProbeQuadrature } from './lanczos-quadrature.ts';
import { probeSpectrum } from './lanczos-quadrature.ts';
import { topSingular } from './top-singular.ts';
import { mean } from '../../statistics/mean.ts';

export interface FastOptions extends SpectrumOptions {
  readonly topK: number;
  readonly seed: number;
  readonly probes?: number;
  readonly steps?: number;
  readonly depth?: number;
}

/** What the estimate is worth: one standard error, over the probes. */
export interface StandardErrors {
  readonly nuclearNorm: number;
  readonly effectiveRank: number;
}

export interface SpectrumEstimate extends SpectrumMetrics {
  readonly standardErrors: StandardErrors;
  readonly probes: number;
}

export const FAST_DEFAULTS = { probes: 8, steps: 32, depth: 2 } as const;
/** A singular vector whose residual is below this counts as known: the error it leaves is of its square. */
const KNOWN = 1e-3;
const TINY = 1e-12;

/**
 * Estimates a spectrum's metrics from products alone. σ₁ and the top k come from `topSingular` (lower bounds, close where
 * the spectrum falls); the Frobenius norm is given, exact; nuclear norm and effective rank are sums over all singular
 * values, by quadrature over random probes beside the vectors already known. The condition number is not estimated.
 *
 * @param frobeniusNorm of the matrix
 * @throws NamedError `Cancelled`
 */
export async function estimateSpectrum(
  operator: MatrixOperator,
  frobeniusNorm: number,
  options: FastOptions,
): Promise<SpectrumEstimate> {
  const { probes, steps, depth } = { ...FAST_DEFAULTS, ...options };
  const { signal, seed, topK } = options;
  const common = signal ? { signal } : {};
  if (frobeniusNorm === 0) return nothing(topK, Math.min(operator.rows, operator.cols), probes);
  const top = await topSingular(operator, { ...common, k: topK, seed, depth });
  const count = top.values.length;
  const vectors = operator.rows <= operator.cols ? top.left : top.right;
  const settled = [...top.residuals.keys()].filter((i) => (top.residuals[i] as number) <= KNOWN);
  const known = { vectors: columnsOf(vectors, count, settled), count: settled.length };
  // Another stream of numbers than the iteration's start.
  const runs = await probeSpectrum(operator, { ...common, probes, steps, seed: seed + 1, known });
  const sums = entropySums(
    settled.map((i) => top.values[i] as number),
    runs,
  );
  const spectralNorm = top.values[0] ?? 0;
  const padded = new Float64Array(Math.min(topK, operator.rows, operator.cols));
  padded.set(top.values.subarray(0, padded.length));
  return {
    spectralNorm,
    nuclearNorm: sums.nuclearNorm,
    frobeniusNorm,
    stableRank: frobeniusNorm ** 2 / (spectralNorm ** 2 + TINY),
    effectiveRank: sums.effectiveRank,
    conditionNumber: null,
    conditionKnown: false,
    logVolume: logVolume(padded),
    singularValues: [...padded],
    standardErrors: sums.standardErrors,
    probes,
  };
}

interface EntropySums {
  readonly nuclearNorm: number;
  readonly effectiveRank: number;
  readonly standardErrors: StandardErrors;
}

/**
 * S = Σσ and T = Σσ ln σ from what is known and the mean over probes; effective rank = S exp(−T/S). Its standard error is
 * that of the linearized form (1/S + T/S²) δS − δT/S, per probe, since S and T vary together.
 */
function entropySums(known: readonly number[], runs: readonly ProbeQuadrature[]): EntropySums {
  const weigh = (value: number): number => (value > TINY ? value * Math.log(value) : 0);
  const perProbe = runs.map(({ nodes, weights }) => ({
    s: nodes.reduce((sum, node, i) => sum + (weights[i] as number) * node, 0),
    t: nodes.reduce((sum, node, i) => sum + (weights[i] as number) * weigh(node), 0),
  }));
  const [meanS, meanT] = [mean(perProbe.map(({ s }) => s)), mean(perProbe.map(({ t }) => t))];
  const s = known.reduce((sum, value) => sum + value, 0) + meanS;
  const t = known.reduce((sum, value) => sum + weigh(value), 0) + meanT;
  const effectiveRank = s > 0 ? s * Math.exp(-t / s) : 0;
  const error = (deviations: readonly number[]): number =>
    deviations.length < 2
      ? Infinity
      : Math.sqrt(
          deviations.reduce((sum, x) => sum + x * x, 0) / (deviations.length - 1) / deviations.length,
        );
  const linear = perProbe.map((probe) => (1 / s + t / s ** 2) * (probe.s - meanS) - (probe.t - meanT) / s);
  return {
    nuclearNorm: s,
    effectiveRank,
    standardErrors: {
      nuclearNorm: error(perProbe.map((probe) => probe.s - meanS)),
      effectiveRank: effectiveRank * error(linear),
    },
  };
}

function columnsOf(matrix: Float64Array, columns: number, wanted: readonly number[]): Float64Array {
  const rows = columns === 0 ? 0 : matrix.length / columns;
  const out = new Float64Array(rows * wanted.length);
  for (let row = 0; row < rows; row++)
    wanted.forEach((column, c) => (out[row * wanted.length + c] = matrix[row * columns + column] as number));
  return out;
}

function nothing(topK: number, short: number, probes: number): SpectrumEstimate {
  const zeros = new Float64Array(Math.min(topK, short));
  return {
    ...{ spectralNorm: 0, nuclearNorm: 0, frobeniusNorm: 0, stableRank: 0, effectiveRank: 0 },
    conditionNumber: null,
    conditionKnown: false,
    logVolume: logVolume(zeros),
    singularValues: [...zeros],
    standardErrors: { nuclearNorm: 0, effectiveRank: 0 },
    probes,
  };
}
