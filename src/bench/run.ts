/** The benchmarks, as `npm run bench` asks for them. Runs in a worker, like the engine. */
import { createBackend } from '../engine/backend/create.ts';
import { surveyCapabilities } from '../engine/capabilities.ts';
import type { Device } from '../engine/protocol/device.ts';
import { convertThreads, createConvertPool } from '../engine/weights/pool.ts';
import { NamedError } from '../named-error.ts';
import type { BeforeRead } from './bare-read.ts';
import { benchDecode } from './decode.ts';
import { benchLayerOf7b } from './loading.ts';
import { MEDIUM, SMALL } from './models.ts';
import { benchQuantized } from './quantized.ts';
import { benchEnergy, benchSpectra } from './spectra.ts';
import { benchSpectraGpu } from './spectra-gpu.ts';
import { benchSweep } from './sweep.ts';

export const PARTS = [
  'small',
  'medium',
  'layer7b',
  'quantized',
  'spectra',
  'energy',
  'spectra-cpu',
  'sweep',
] as const;
export type Part = (typeof PARTS)[number];

export async function runBench(
  device: Device | undefined,
  parts: readonly Part[],
  log: (line: string) => void,
  beforeRead: BeforeRead,
): Promise<Record<string, unknown>> {
  const capabilities = await surveyCapabilities();
  const chosen = device ?? capabilities.preferred;
  const pool = createConvertPool(
    () => new Worker(new URL('../../workers/weights.ts', import.meta.url), { type: 'module' }),
    convertThreads(navigator.hardwareConcurrency),
  );
  const backend = await createBackend(chosen);
  const run: Record<Part, () => Promise<unknown>> = {
    small: () => benchDecode(backend, SMALL, pool.convert),
    medium: () => benchDecode(backend, MEDIUM, pool.convert),
    layer7b: () => benchLayerOf7b(backend, pool.convert, beforeRead),
    quantized: () => benchQuantized(backend, pool.convert, beforeRead),
    energy: () => benchEnergy(),
    'spectra-cpu': () => benchSpectra(log),
    spectra: () => benchSpectraGpu(log),
    sweep: () =>
      benchSweep(backend, pool.convert, log, chosen === 'webgpu' && capabilities.webgpu?.software === true),
  };
  const results: Record<string, unknown> = {
    machine: {
      device: chosen,
      adapter: capabilities.webgpu,
      cores: navigator.hardwareConcurrency,
      wasmThreads: capabilities.wasm.threads,
      userAgent: navigator.userAgent,
    },
  };
  for (const part of parts) {
    log(part);
    results[part] = await run[part]();
  }
  await backend.destroy();
  pool.dispose();
  return results;
}

/** @throws NamedError `UnknownPart`. */
export function readParts(only: string | undefined): readonly Part[] {
  if (only === undefined || only === '') return PARTS;
  return only.split(',').map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part) return part;
    throw new NamedError('UnknownPart', name, { field: '--only' }, `known: ${PARTS.join(', ')}`);
  });
}
