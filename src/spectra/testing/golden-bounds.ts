/** How close to float64 a spectrum has to be, whoever computed it. */
import { expect } from 'vitest';
import type { SpectrumMetrics } from '../metrics.ts';
import type { GoldenSpectrum } from './golden-matrices.ts';

const FROBENIUS = 1e-6;
const METRICS = 1e-5;
const CONDITION = 0.01;

/** Absolute: numbers of zero have no relative error. */
const TINY = 1e-9;

/**
 * Frobenius norm within 1e-6, spectral and nuclear norm, stable and effective rank and log volume within 1e-5, top
 * values within 1e-5 σ₁; the condition number within 1 % wherever PyTorch's float32 is, and wherever it is said to be known.
 */
export function expectWithinBounds(actual: SpectrumMetrics, golden: GoldenSpectrum): void {
  const { expected } = golden;
  const relative = (
    key: 'frobeniusNorm' | 'spectralNorm' | 'nuclearNorm' | 'stableRank' | 'effectiveRank' | 'logVolume',
  ): number => Math.abs(actual[key] - expected[key]) / Math.max(Math.abs(expected[key]), TINY);
  expect(relative('frobeniusNorm'), 'Frobenius norm').toBeLessThanOrEqual(FROBENIUS);
  for (const key of ['spectralNorm', 'nuclearNorm', 'stableRank', 'effectiveRank', 'logVolume'] as const)
    expect(relative(key), key).toBeLessThanOrEqual(METRICS);
  expect(actual.singularValues).toHaveLength(expected.singularValues.length);
  const errors = actual.singularValues.map((value, i) =>
    Math.abs(value - (expected.singularValues[i] ?? NaN)),
  );
  expect(Math.max(...errors)).toBeLessThanOrEqual(METRICS * expected.spectralNorm);
  const off = (value: number): number => Math.abs(value / expected.conditionNumber - 1);
  if (expected.spectralNorm === 0) return;
  if (
    off(golden.torchFloat32ConditionNumber ?? expected.conditionNumber) <= CONDITION &&
    expected.conditionNumber < 1e7
  )
    expect(actual.conditionKnown, 'condition number known').toBe(true);
  if (actual.conditionKnown)
    expect(off(actual.conditionNumber ?? NaN), 'condition number').toBeLessThanOrEqual(CONDITION);
}
