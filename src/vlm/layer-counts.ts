/** The numbers of layers that config.json states, held against the tensors that are there. */
import { tensorPlace } from '../checkpoint/tensor-place.ts';
import { NamedError } from '../named-error.ts';
import type { VlmConfig } from './config.ts';

/**
 * Shards may be missing, and which tensors they held is told by name as long as that list can be read: up to this many layers or
 * blocks (the deepest models published have some 130).
 */
const NAMED_LAYERS = 1000;

/**
 * Refuses a config that counts more layers or blocks than any list of them could name and than the tensors fill. To be
 * called before such a list is made.
 *
 * @throws NamedError `InvalidConfig`
 */
export function checkCounts({ text, vision }: VlmConfig, tensors: ReadonlyMap<string, unknown>): void {
  const counts = [
    { field: 'num_hidden_layers', counted: text.layers, kind: 'layer', unit: 'layers' },
    { field: 'vision_config.depth', counted: vision.depth, kind: 'visionBlock', unit: 'vision blocks' },
  ];
  for (const { field, counted, kind, unit } of counts) {
    if (counted <= NAMED_LAYERS) continue;
    const stored = new Set<number | null>();
    for (const name of tensors.keys()) {
      const { part, block } = tensorPlace(name);
      if (part === kind) stored.add(block);
    }
    if (counted <= stored.size) continue;
    throw new NamedError(
      'InvalidConfig',
      `config.json counts ${counted} ${unit}, the weights hold tensors of ${stored.size}`,
      { file: 'config.json', field },
      'Use the config.json that was published with these weights.',
    );
  }
}
