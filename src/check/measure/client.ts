import type { Device } from '../../engine/protocol/device.ts';
import { workerPool } from '../../work/worker-pool.ts';
import type { DeviceRates } from './rates.ts';
import type { RatesThread } from './serve.ts';

/** How fast a device is. @throws NamedError `Cancelled`, `WorkerFailed`, those of `RatesThread` */
export async function ratesOf(device: Device, signal?: AbortSignal): Promise<DeviceRates> {
  const threads = workerPool<RatesThread>(
    () =>
      new Worker(new URL('../../../workers/device-rates.ts', import.meta.url), {
        type: 'module',
        name: 'device-rates',
      }),
    1,
    { doing: 'measures the device', remedy: 'run the check again' },
  );
  try {
    return await threads.call((thread) => thread.measure(device), signal);
  } finally {
    threads.dispose();
  }
}
