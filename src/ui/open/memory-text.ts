import type { MemoryEstimate } from '../../engine/protocol/loading.ts';
import { bytes } from '../format/quantity.ts';

/** Where the memory goes: `weights 4.4 GiB, cache 224 MiB, activations 96 MiB; 2.1 GiB of 8 GiB held`. */
export function memoryText(estimate: MemoryEstimate): string {
  const parts = [
    `weights ${bytes(estimate.weightBytes)}`,
    `cache ${bytes(estimate.kvCacheBytes)}`,
    `activations ${bytes(estimate.activationBytes)}`,
  ];
  const held = estimate.alreadyHeldBytes > 0 ? `${bytes(estimate.alreadyHeldBytes)} of ` : '';
  return `${parts.join(', ')}; ${held}${bytes(estimate.budgetBytes)} ${held ? 'held' : 'to spend'}`;
}
