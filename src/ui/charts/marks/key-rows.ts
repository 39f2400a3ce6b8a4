import { flow } from './flow.ts';
import type { MarkerShape } from './markers.ts';
import { textWidth } from './text-width.ts';
import { t } from '../texts.ts';

/** What stands before a name in a key: how what it names is drawn. */
export type KeySign = 'marker' | 'hollow' | 'hatch' | 'level' | 'range' | 'published';

export interface KeyItem {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly marker?: MarkerShape;
  /** The marker unless told otherwise. */
  readonly sign?: KeySign;
}

/** What the marks of published numbers are. */
export const PUBLISHED_KEY: KeyItem = {
  key: 'published',
  get label() {
    return t.published;
  },
  colour: 'var(--ink-soft)',
  sign: 'published',
};

/** Size of key text and height of its rows at scale 1, as the tokens have it. */
const SIZE = 13;
/** Marker and the gap after it. */
const MARK = 16;

export interface KeyRows {
  /** Each item with its left edge and row, at scale 1. */
  readonly items: readonly (KeyItem & { readonly x: number; readonly line: number })[];
  /** Height of all rows at scale 1. */
  readonly height: number;
}

/** Lays out names in rows above a plot `room` pixels wide. */
export function keyRows(items: readonly KeyItem[], room: number, scale: number): KeyRows {
  const places = flow(
    items.map(({ label }) => MARK + textWidth(label, SIZE)),
    room / scale,
    18,
  );
  const lines = Math.max(-1, ...places.map(({ line }) => line)) + 1;
  return {
    items: items.map((item, i) => ({ ...item, ...(places[i] ?? { x: 0, line: 0 }) })),
    height: lines * KEY_ROW,
  };
}

/** Height of one row of keys at scale 1. */
export const KEY_ROW = 20;
