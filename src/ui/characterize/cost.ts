import { FAST_DEFAULTS } from '../../spectra/fast/estimate.ts';
import type { DiversityStudy } from '../../study/characterize/diversity-study.ts';
import type { OverlapStudy } from '../../study/characterize/overlap-study.ts';
import type { EnergyStudy } from '../../study/characterize/energy-study.ts';
import { bytes, counted } from '../format/quantity.ts';
import type { SpectrumDevice } from './characterize.svelte.ts';

/** "3 checkpoints · 218 tensors · 46.2 GiB to read". */
export function energyCost({ checkpoints, total, bytes: toRead }: EnergyStudy): string {
  return [counted(checkpoints.size, 'checkpoint'), counted(total, 'tensor'), `${bytes(toRead)} to read`].join(
    ' · ',
  );
}

/** "56 exact spectra on the CPU · about 27 000 billion operations". */
export function diversityCost(
  { spectra, operations, pairing, deltas, settings }: DiversityStudy,
  device: SpectrumDevice,
): string {
  const { probes, steps, depth } = FAST_DEFAULTS;
  // Vectors that each matrix is multiplied with, from either side: the top values' iteration, and the probes.
  const vectors = 2 * (settings.topK * (depth + 1) + probes * steps);
  const elements = pairing.families.reduce((sum, family) => sum + family.elements, 0) * deltas.length;
  const count = settings.mode === 'exact' ? operations : Math.min(operations, 2 * elements * vectors);
  const noun = spectra === 1 ? 'spectrum' : 'spectra';
  const where = device === 'webgpu' ? 'the GPU' : 'the CPU';
  return [
    `${spectra} ${settings.mode === 'exact' ? 'exact' : 'estimated'} ${noun} on ${where}`,
    `about ${magnitude(count)} operations`,
    'time is told once the first are done',
  ].join(' · ');
}

/** "218 matrices of two updates on the CPU · at most 4.3 trillion operations". */
export function overlapCost({ total, operations }: OverlapStudy, device: SpectrumDevice): string {
  const matrices = total === 1 ? '1 matrix' : `${total} matrices`;
  const where = device === 'webgpu' ? 'the GPU' : 'the CPU';
  return `${matrices} of two updates on ${where} · at most ${magnitude(operations)} operations`;
}

/** "4.3 billion", "27 trillion". */
function magnitude(value: number): string {
  for (const [size, name] of [
    [1e12, 'trillion'],
    [1e9, 'billion'],
    [1e6, 'million'],
  ] as const) {
    if (value >= size) return `${Number((value / size).toPrecision(2))} ${name}`;
  }
  return String(Math.round(value));
}
