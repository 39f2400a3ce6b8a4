import { flow } from './flow.ts';
import { textWidth } from './text-width.ts';

/** Size of key text and height of its rows at scale 1, as the tokens have it. */
const SIZE = 13;
const ROW = 20;
/** Marker and the gap after it. */
const MARK = 16;

export interface KeyRows {
  /** By key of the series: left edge and row, at scale 1. */
  readonly places: ReadonlyMap<string, { readonly x: number; readonly line: number }>;
  /** Height of all rows at scale 1. */
  readonly height: number;
}

/** Lays out the names of series in rows above a plot `room` pixels wide. */
export function keyRows(
  series: readonly { readonly key: string; readonly label: string }[],
  room: number,
  scale: number,
): KeyRows {
  const places = flow(
    series.map(({ label }) => MARK + textWidth(label, SIZE)),
    room / scale,
    18,
  );
  const lines = Math.max(-1, ...places.map(({ line }) => line)) + 1;
  return {
    places: new Map(series.map(({ key }, i) => [key, places[i] ?? { x: 0, line: 0 }])),
    height: lines * ROW,
  };
}

/** Height of one row of keys at scale 1. */
export const KEY_ROW = ROW;
