import type { Rgb } from './drawing.ts';

/** The colours things have, by the name prompts call them. */
export const COLOURS = {
  red: [220, 40, 40],
  green: [40, 180, 80],
  blue: [50, 90, 220],
  yellow: [245, 205, 40],
  purple: [150, 60, 190],
  orange: [240, 130, 30],
} as const satisfies Record<string, Rgb>;

export type Colour = keyof typeof COLOURS;

export const COLOUR_NAMES = Object.keys(COLOURS) as readonly Colour[];

export const INK: Rgb = [20, 20, 20];
export const PAPER: Rgb = [248, 248, 248];
export const PALE: Rgb = [205, 208, 214];
