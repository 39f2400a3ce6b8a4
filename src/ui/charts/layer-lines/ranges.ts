import type { Panel } from '../axis/panels.ts';
import type { ValueScale } from '../axis/value-axis.ts';
import { inPanel, type Published } from './series.ts';

interface RangeMark {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  /** Pixels of its ends; of what lies outside the plot both at its edge. */
  readonly low: number;
  readonly high: number;
  readonly y: number;
  readonly printed: true;
}

/** Published ranges of a panel, with their names beside the plot: what lies outside is pointed at from the edge. */
export function rangesAt(published: readonly Published[], panel: Panel, y: ValueScale): RangeMark[] {
  return inPanel(published, panel.name).flatMap((mark, i) => {
    if (mark.kind !== 'range' || panel.bare) return [];
    const [bottom, top] = [y(mark.low), y(mark.high)];
    const within = (at: number) => Math.min(Math.max(at, panel.top), panel.bottom);
    const [low, high] = [within(bottom), within(top)];
    const arrow = bottom < panel.top ? ' \u2191' : top > panel.bottom ? ' \u2193' : '';
    return [
      {
        key: `range ${i}`,
        label: `${mark.short}${arrow}`,
        colour: mark.colour,
        low,
        high,
        y: (low + high) / 2,
        printed: true,
      },
    ];
  });
}
