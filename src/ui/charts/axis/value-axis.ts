import { scaleLinear, scaleLog } from 'd3';
import { evenNumbers, percentText } from '../../../number-text.mjs';
import { plainNumber } from '../../../plain-number.mjs';

export { evenNumbers, percentText, plainNumber };

/** One axis of values: what it measures, with the unit, and how its numbers read. */
export interface ValueAxis {
  /** "change rate (%)". */
  readonly title: string;
  /** Fixed ends; from the data otherwise. */
  readonly domain?: readonly [number, number];
  /** Starts at 0 unless told otherwise. */
  readonly fromZero?: boolean;
  /** Logarithmic; zeros then have a row of their own below a break of the axis. */
  readonly log?: boolean;
  /** A number of this axis as text, unit included: "87.4 %". Four significant digits without it. */
  readonly format?: (value: number) => string;
  /** A tick; `format` without its unit otherwise. */
  readonly tick?: (value: number) => string;
  /** What tables and exports hold in place of a value, in the title's unit; the value itself otherwise. */
  readonly tabled?: (value: number) => number;
}

/** Pixels of a value. */
export interface ValueScale {
  (value: number): number;
  domain(): number[];
  ticks(count?: number): number[];
  /** Of a logarithmic axis with zeros: the pixels where they stand, and where the axis is broken above them. */
  readonly zero?: { readonly at: number; readonly until: number };
}

/** Of an axis whose values are shares from 0 to 1 and whose title says percent, or points. */
export const AS_PERCENT = {
  format: percentText,
  tick: (value) => String(Math.round(value * 100)).replace('-', '\u2212'),
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
  if (axis.log) {
    const domain = axis.domain ?? [roundDown(low), Number((1 / roundDown(1 / high)).toPrecision(1))];
    return logScale(domain, values.includes(0), bottom, top);
  }
  const scale = scaleLinear([low, high], [bottom, top]);
  return axis.domain ? scale : scale.nice(5);
}

/** Share of a logarithmic axis that lies below its break, where zeros stand. */
const ZERO_SHARE = 0.12;

function logScale(domain: readonly number[], zeros: boolean, bottom: number, top: number): ValueScale {
  const until = zeros ? bottom + ZERO_SHARE * (top - bottom) : bottom;
  const at = (bottom + until) / 2;
  const positive = scaleLog(domain, [until, top]);
  return Object.assign((value: number) => (value > 0 ? positive(value) : at), {
    domain: () => positive.domain(),
    ticks: (count?: number) => positive.ticks(count),
    ...(zeros ? { zero: { at, until } } : {}),
  });
}

/** The largest of 1, 2, 5 times a power of ten that is no larger. */
function roundDown(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const lead = [5, 2].find((one) => one * decade <= value * (1 + 1e-9)) ?? 1;
  return Number((lead * decade).toPrecision(1));
}

/** Smaller ticks of a logarithmic axis, which have one digit, would take more room than there is beside a narrow chart. */
const LEAST_WRITTEN_OUT = 1e-3;

/** About `count` ticks of a scale with their text; a logarithmic one has 1, 2, 5 or decades only where there is no room for all. */
export function valueTicks(
  scale: ValueScale,
  axis: ValueAxis,
  count: number,
): { value: number; text: string }[] {
  const ticks = scale.ticks(count);
  const few = axis.log ? sparse(ticks, count) : ticks;
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

/** Of the room that a tick has of `count`, what its text takes: two that are closer are read as one. */
const TEXT_SHARE = 0.3;

/** The most ticks of a logarithmic axis that are no more than twice `count` and stand apart: all, those that begin with 1, 2, 5, or decades. */
function sparse(ticks: readonly number[], count: number): readonly number[] {
  const logs = ticks.map(Math.log10);
  const least = ((Math.max(...logs) - Math.min(...logs)) * TEXT_SHARE) / count;
  const stand = (some: readonly number[]): boolean =>
    some.every((value, at) => at === 0 || Math.abs(Math.log10(value / (some[at - 1] ?? value))) >= least);
  const kept = ['123456789', '125', '1'].map((leads) =>
    ticks.filter((value) => leads.includes(value.toExponential(0).charAt(0))),
  );
  return (
    kept.find((some) => some.length <= 2 * count && stand(some)) ??
    kept.findLast(({ length }) => length > 0) ??
    ticks
  );
}
