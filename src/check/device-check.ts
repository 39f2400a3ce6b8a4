/** The check of this device, by the app's own engine and spectra. */
import type { Device } from '../engine/protocol/device.ts';
import { browserComputers } from '../spectra/computers.ts';
import { CpuBackend } from '../spectra/cpu-backend.ts';
import { GpuSpectrumBackend } from '../spectra/gpu/backend.ts';
import { isCancelled } from '../work/cancel.ts';
import { deviceFacts } from './device-facts.ts';
import type { CheckEngine } from './engine-cases.ts';
import { fetchGoldens } from './goldens.ts';
import { ratesOf } from './measure/client.ts';
import type { CheckedAndSaid } from './report.ts';
import { reportOf } from './report.ts';
import { runCheck, type CheckedSpectra, type CheckOptions } from './run.ts';

/**
 * Runs every case on a device, and measures it.
 *
 * @throws NamedError `SetNotFound`, `DamagedArchive`, those of `runCheck`
 */
export async function checkDevice(
  engine: CheckEngine,
  device: Device,
  options: CheckOptions = {},
): Promise<CheckedAndSaid> {
  const begun = new Date().toISOString();
  const goldens = await fetchGoldens();
  const run = await runCheck({ device, engine, spectra: () => spectraOf(device) }, goldens, options);
  options.onMeasuring?.();
  const measured = await ratesOf(device, options.signal).catch((error: unknown) => {
    if (isCancelled(error)) throw error;
    return null;
  });
  return reportOf(device, run, { begun, ...(await deviceFacts(device)), measured });
}

/** The GPU without the check that the app puts before it: its error is what is asked for. */
async function spectraOf(device: Device): Promise<CheckedSpectra> {
  if (device === 'webgpu') {
    const backend = await GpuSpectrumBackend.create();
    return { backend, dispose: () => backend.dispose() };
  }
  const { threads, dispose } = await browserComputers('cpu', () => undefined);
  return { backend: new CpuBackend(threads), dispose };
}
