import type { LayerIndex } from '../../../layer-index.ts';
import { injectsAfter, injectsText } from '../../layer-strip/layer-axis.ts';
import { layerIndex } from '../../format/quantity.ts';
import { regionLabel } from '../../../regions.ts';
import type { ChartFrame } from '../frame.ts';
import { t } from '../texts.ts';

/** What a layer is called by: of a body that injects image features, which layers they enter after. */
export type NamingFrame = Pick<ChartFrame, 'cuts'> & Partial<Pick<ChartFrame, 'body'>>;

/** "Layer 12, Mid", "Layer 1, Early, image features enter after it", "Vision block −3", "Projector". */
export function layerName(index: LayerIndex, { cuts, body }: NamingFrame): string {
  if (index === 0) return t.layer.projector;
  if (index < 0) return t.layer.vision(layerIndex(index));
  const name = t.layer.of(index, regionLabel(index, cuts) ?? '');
  return body && injectsAfter(body, index) ? t.layer.and(name, injectsText()) : name;
}
