/** Runs every case on a device. */
import type { ErrorName } from '../error-name.ts';
import type { Device, WeightDtype } from '../engine/protocol/device.ts';
import { NamedError } from '../named-error.ts';
import { plainReason } from '../plain-reason.ts';
import type { SpectrumBackend } from '../spectra/backend.ts';
import { throwIfCancelled } from '../work/cancel.ts';
import { boundOf, CASES, formatOf, type CaseName, type Found, type Measured } from './case.ts';
import { GoldenModel, type CheckEngine } from './engine-cases.ts';
import type { Goldens } from './goldens.ts';
import { checkProduct, checkSpectrum } from './spectra-cases.ts';

/** What is checked: the app's own engine and spectra, or others. */
export interface CheckedDevice {
  readonly device: Device;
  readonly engine: CheckEngine;
  /** What computes spectra of updates there, before any check of its own. */
  spectra(): Promise<CheckedSpectra>;
}

export interface CheckedSpectra {
  readonly backend: SpectrumBackend;
  dispose(): void;
}

export interface CheckOptions {
  readonly signal?: AbortSignal;
  /** Told of the case that begins, and its place from 0. */
  readonly onCase?: (name: CaseName, done: number, total: number) => void;
  /** Told when all cases are over, and the device is measured. */
  readonly onMeasuring?: () => void;
}

export interface CheckRun {
  readonly found: readonly Found[];
  /** Formats that the device does not offer. */
  readonly absent: readonly WeightDtype[];
  readonly adapter: string;
  /** By case; the first of a format has its load and its graphs in it. */
  readonly seconds: Readonly<Partial<Record<CaseName, number>>>;
}

/** Not about what the device computes: whoever asked is told. */
const NOT_CHECKED: ReadonlySet<ErrorName> = new Set([
  ...(['Cancelled', 'NoWebGpu', 'ModuleUnavailable', 'DoesNotFit', 'OutOfMemory'] as const),
]);

/**
 * All cases, one after the other; what a case throws counts as wrong.
 *
 * @throws NamedError `Cancelled`; `NoWebGpu`, `ModuleUnavailable`, `DoesNotFit`, `OutOfMemory` where the device cannot be had
 */
export async function runCheck(
  checked: CheckedDevice,
  goldens: Goldens,
  { signal, onCase }: CheckOptions = {},
): Promise<CheckRun> {
  const { device } = checked;
  const found: Found[] = [];
  const absent: WeightDtype[] = [];
  const seconds: Partial<Record<CaseName, number>> = {};
  const model = await GoldenModel.open(checked.engine, goldens, signal);
  let spectra: Promise<CheckedSpectra> | undefined;
  let adapter = '';
  let loaded: WeightDtype | null = null;
  const run = async (name: CaseName): Promise<Measured | null> => {
    const format = formatOf(name);
    if (format === null) {
      spectra ??= checked.spectra();
      const { backend } = await spectra;
      return name === 'spectrum' ? checkSpectrum(backend, signal) : checkProduct(backend, signal);
    }
    if (absent.includes(format)) return null;
    if (loaded !== format) {
      const offered = await model.load(device, format).catch((error: unknown) => {
        if (error instanceof NamedError && error.name === 'NoHalfPrecision') return null;
        throw error;
      });
      if (offered === null) {
        absent.push(format);
        return null;
      }
      adapter = offered;
      loaded = format;
    }
    return model.run(name);
  };
  try {
    for (const [done, name] of CASES.entries()) {
      throwIfCancelled(signal);
      onCase?.(name, done, CASES.length);
      const started = performance.now();
      const bound = boundOf(name, device);
      try {
        const measured = await run(name);
        if (!measured) continue;
        found.push({ name, bound, ...measured, problem: null, passed: measured.error <= bound.limit });
      } catch (error) {
        if (error instanceof NamedError && NOT_CHECKED.has(error.name)) throw error;
        found.push({ name, bound, error: null, at: null, problem: reasonOf(error), passed: false });
      }
      seconds[name] = (performance.now() - started) / 1000;
    }
  } finally {
    await model.close();
    await spectra?.then(
      (opened) => opened.dispose(),
      () => undefined,
    );
  }
  return { found, absent, adapter, seconds };
}

function reasonOf(error: unknown): string {
  return error instanceof NamedError ? `${error.name}: ${error.what}` : plainReason(error);
}
