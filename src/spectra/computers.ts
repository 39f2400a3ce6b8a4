/** What computes spectra in a browser: worker threads, and the GPU where it serves. */
import type { Computers } from './diversity.ts';
import { NamedError } from '../named-error.ts';
import { createTwice, RecoveringGpu } from './recovering-gpu.ts';
import { createGpuSpectrumBackend } from './gpu/create.ts';
import { spectraPool } from './threads/pool.ts';
import type { SpectraThreads } from './threads/spectra-threads.ts';

/** Each thread holds float64 Gram matrices of 7B layers: more of them would not fit the memory budget anyway. */
const MOST_THREADS = 4;
/** A thread that computes does not take in what is read for it, so that one alone would read and compute by turns. */
const FEWEST_THREADS = 2;

/** One core is left to the page, where there are three or more. */
export function spectraThreads(): SpectraThreads {
  const size = Math.max(FEWEST_THREADS, Math.min(MOST_THREADS, navigator.hardwareConcurrency - 1));
  return spectraPool(
    () =>
      new Worker(new URL('../../workers/spectra.ts', import.meta.url), {
        type: 'module',
        name: 'spectra',
      }),
    size,
  );
}

export interface BrowserComputers extends Computers {
  readonly device: 'webgpu' | 'cpu';
  /** What computes: `cpu`, or the GPU by its name. Part of what names the results. */
  readonly computer: string;
  dispose(): void;
}

/**
 * Threads, and with `webgpu` the GPU, checked against the CPU on a small matrix. Where it cannot be had, or fails that check,
 * spectra are computed by the threads, and `onNotice` is told why. So it is where the GPU goes away later and does not come back (`RecoveringGpu`).
 */
export async function browserComputers(
  wanted: 'webgpu' | 'cpu',
  onNotice: (notice: string) => void,
): Promise<BrowserComputers> {
  const threads = spectraThreads();
  if (wanted === 'cpu') return { threads, device: 'cpu', computer: 'cpu', dispose: () => threads.dispose() };
  const first = await createTwice(createGpuSpectrumBackend);
  if (first instanceof NamedError) {
    onNotice(`The GPU cannot be used for spectra (${first.what}): they are computed on the CPU.`);
    return { threads, device: 'cpu', computer: 'cpu', dispose: () => threads.dispose() };
  }
  const gpu = new RecoveringGpu(first, { create: createGpuSpectrumBackend, onNotice });
  const dispose = (): void => {
    gpu.dispose();
    threads.dispose();
  };
  return { threads, gpu, device: 'webgpu', computer: first.adapter ?? first.device, dispose };
}
