import type { LoadedModel, OpenedCheckpoint } from '../engine/protocol.ts';
import { version } from '../../package.json';

/** Where a result comes from: app, checkpoint, device, rounding, seed. */
export function provenance(summary: OpenedCheckpoint, loaded?: LoadedModel, seed?: number): object {
  return {
    version,
    model: summary.name,
    fingerprint: summary.fingerprint,
    files: summary.files,
    weightFiles: summary.weightFiles,
    notices: summary.notices,
    ...(loaded ? { device: loaded.device, dtype: loaded.dtype, quantization: loaded.quantization } : {}),
    ...(seed === undefined ? {} : { seed }),
  };
}
