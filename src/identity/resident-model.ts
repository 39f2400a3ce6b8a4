import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import type { LoadedModel } from '../engine/protocol/loading.ts';
import type { ResidentModel } from './deciding-inputs.ts';

/** What of a loaded checkpoint decides its answers. */
export function residentModel(
  { fingerprint, smallFiles }: Pick<OpenedCheckpoint, 'fingerprint' | 'smallFiles'>,
  { device, adapter, dtype }: Pick<LoadedModel, 'device' | 'adapter' | 'dtype'>,
): ResidentModel {
  return { fingerprint, smallFiles, device, adapter, dtype };
}
