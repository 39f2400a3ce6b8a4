import type { LayerIndex } from '../../../layer-index.ts';
import { plainNumber, type ValueAxis } from '../axis/value-axis.ts';
import { t } from '../texts.ts';
import type { LayerPoint } from './series.ts';

interface Peak {
  readonly value: number;
  /** All layers that have it. */
  readonly layers: readonly LayerIndex[];
}

/** The highest value of a line and where it stands; null where no layer is above another. */
export function peakOf(points: readonly LayerPoint[]): Peak | null {
  const values = points.flatMap(({ value }) => value ?? []);
  const value = Math.max(...values);
  if (!(value > Math.min(...values))) return null;
  return { value, layers: points.filter((point) => point.value === value).map(({ layer }) => layer) };
}

/** "87.4 % at layer 12", "50 % at layers 2 and 5"; of more than three equals their number. */
export function peakText({ value, layers }: Peak, axis: ValueAxis): string {
  return t.layer.peak((axis.format ?? plainNumber)(value), layers);
}
