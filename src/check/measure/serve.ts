/** Measures in a thread of its own, with a device of its own. */
import { expose } from 'comlink';
import { createBackend } from '../../engine/backend/create.ts';
import type { Device } from '../../engine/protocol/device.ts';
import { installErrorTransfer } from '../../work/error-transfer.ts';
import type { DeviceRates } from './rates.ts';
import { measureRates } from './rates.ts';

export interface RatesThread {
  /** @throws NamedError those of `createBackend` and `Backend` */
  measure(device: Device): Promise<DeviceRates>;
}

export function serveRates(): void {
  installErrorTransfer();
  const thread: RatesThread = {
    async measure(device) {
      const backend = await createBackend(device);
      try {
        return await measureRates(backend);
      } finally {
        await backend.destroy();
      }
    },
  };
  expose(thread);
}
