import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3';
import { percentText } from '../../../number-text.mjs';
import { plainNumber } from '../../../plain-number.mjs';

export { percentText, plainNumber };

/** One y axis: what it measures, with the unit, and how its numbers read. */
export interface ValueAxis {
  /** "change rate (%)". */
  readonly title: string;
  /** Whose axis it is, where two share a chart. */
  readonly colour?: string;
  /** Fixed ends; from the data otherwise. */
  readonly domain?: readonly [number, number];
  /** Starts at 0 unless told otherwise. */
  readonly fromZero?: boolean;
  readonly log?: boolean;
  /** A number of this axis as text, unit included: "87.4 %". Four significant digits without it. */
  readonly format?: (value: number) => string;
  /** A tick; `format` without its unit otherwise. */
  readonly tick?: (value: number) => string;
  /** What tables and exports hold in place of a value, in the title's unit; the value itself otherwise. */
  readonly tabled?: (value: number) => number;
}

export type ValueScale = ScaleContinuousNumeric<number, number>;

/** Of an axis whose values are shares from 0 to 1 and whose title says percent, or points. */
export const AS_PERCENT = {
  format: percentText,
  tick: (value) => String(Math.round(value * 100)),
  tabled: (value) => Number((value * 100).toPrecision(12)),
} as const satisfies Partial<ValueAxis>;

/**
 * The scale of an axis for these values, from `bottom` to `top` pixels, widened to round numbers. Without values
 * it runs from 0 to 1, so that an empty chart has its axes.
 */
export function valueScale(
  axis: ValueAxis,
  values: readonly number[],
  bottom: number,
  top: number,
): ValueScale {
  const finite = values.filter((value) => Number.isFinite(value) && (!axis.log || value > 0));
  let [low, high] = axis.domain ?? [Math.min(...finite), Math.max(...finite)];
  if (!Number.isFinite(low) || !Number.isFinite(high)) [low, high] = axis.log ? [0.1, 1] : [0, 1];
  if (!axis.domain && !axis.log && axis.fromZero !== false)
    [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (low === high) [low, high] = axis.log ? [low / 2, high * 2] : [low, low + (Math.abs(low) || 1)];
  const scale = axis.log ? scaleLog() : scaleLinear();
  scale.domain([low, high]).range([bottom, top]);
  return axis.domain ? scale : scale.nice(axis.log ? undefined : 5);
}

/** Smaller ticks of a logarithmic axis, which have one digit, would take more room than there is beside a narrow chart. */
const LEAST_WRITTEN_OUT = 1e-3;

/** Ticks of a scale with their text; a logarithmic one has decades only where it spans several. */
export function valueTicks(
  scale: ValueScale,
  axis: ValueAxis,
  count: number,
): { value: number; text: string }[] {
  const ticks = scale.ticks(count);
  const few = axis.log && ticks.length > 2 * count ? ticks.filter(isDecade) : ticks;
  const step = Math.abs((few[1] ?? 1) - (few[0] ?? 0));
  const digits = Math.max(0, -Math.floor(Math.log10(step || 1) + 1e-9));
  const plain = (value: number) =>
    axis.log && value < LEAST_WRITTEN_OUT
      ? value.toExponential(0).replace('-', '\u2212')
      : axis.log || digits > 6
        ? plainNumber(value)
        : value.toFixed(digits).replace('-', '\u2212');
  return few.map((value) => ({ value, text: (axis.tick ?? plain)(value) }));
}

const isDecade = (value: number) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
