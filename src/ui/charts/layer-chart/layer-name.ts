import type { LayerIndex } from '../../../layer-index.ts';
import { layerIndex } from '../../format/quantity.ts';
import { regionLabel } from '../../../regions.ts';
import type { ChartFrame } from '../frame.ts';

/** "Layer 12, Mid", "Vision block −3", "Projector". */
export function layerName(index: LayerIndex, { cuts }: Pick<ChartFrame, 'cuts'>): string {
  if (index === 0) return 'Projector';
  if (index < 0) return `Vision block ${layerIndex(index)}`;
  return `Layer ${index}, ${regionLabel(index, cuts)}`;
}
