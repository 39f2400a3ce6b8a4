import { describe, expect, it } from 'vitest';
import { effectiveRank, spectrumMetrics } from './metrics.ts';

const accuracy = { floor: 1e-7, conditionLimit: 1e6 };
const of = (values: number[], topK = 50): ReturnType<typeof spectrumMetrics> =>
  spectrumMetrics(Float64Array.from(values), { topK, accuracy });

describe('spectrumMetrics', () => {
  it('gives the closed forms of equal values', () => {
    const metrics = of([2, 2, 2, 2, 2]);
    expect(metrics.effectiveRank).toBeCloseTo(5, 10);
    expect(metrics.stableRank).toBeCloseTo(5, 9);
    expect(metrics.frobeniusNorm).toBeCloseTo(Math.sqrt(20), 12);
    expect(metrics.nuclearNorm).toBe(10);
    expect(metrics.conditionNumber).toBeCloseTo(1, 9);
    expect(metrics.logVolume).toBeCloseTo(5 * Math.log(2), 9);
  });

  it('gives those of a geometric spectrum', () => {
    // p = (1 − r) rⁱ: entropy −ln(1 − r) − r/(1 − r) ln r.
    const values = Array.from({ length: 60 }, (_, i) => 0.5 ** i);
    expect(effectiveRank(Float64Array.from(values))).toBeCloseTo(4, 6);
    expect(of(values, 3).logVolume).toBeCloseTo(-3 * Math.LN2, 9);
    expect(of(values, 3).singularValues).toEqual([1, 0.5, 0.25]);
  });

  it('is finite, and of rank zero, where nothing changed', () => {
    const metrics = of([0, 0, 0]);
    expect(metrics).toMatchObject({
      ...{ spectralNorm: 0, nuclearNorm: 0, frobeniusNorm: 0, stableRank: 0, effectiveRank: 0 },
      ...{ conditionNumber: 0, conditionKnown: true },
    });
    expect(metrics.logVolume).toBeCloseTo(3 * Math.log(1e-12), 9);
  });

  it('counts as zero what the arithmetic cannot tell from it, and does not claim the condition number', () => {
    const metrics = of([1, 0.5, 3e-8]);
    expect(metrics.singularValues).toEqual([1, 0.5, 0]);
    expect(metrics.conditionKnown).toBe(false);
    expect(of([1, 0.5, 2e-6]).conditionKnown).toBe(true);
    expect(of([1, 0.5, 5e-7]).conditionKnown).toBe(false);
  });
});
