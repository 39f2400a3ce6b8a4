import type { CheckpointFiles } from '../../byte-source.ts';
import { weightsAtTop } from '../../weight-files.ts';

/** How peft calls an adapter's settings. */
export const ADAPTER_CONFIG = 'adapter_config.json';

/** Whether the folder holds an adapter and no model's weights beside it. */
export function isAdapter(files: CheckpointFiles): boolean {
  return files.has(ADAPTER_CONFIG) && weightsAtTop(files).length === 0;
}
