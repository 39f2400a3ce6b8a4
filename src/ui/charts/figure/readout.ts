import type { MarkerShape } from '../marks/markers.ts';

/** One piece of what a chart says about the place under the cursor. */
export interface ReadoutPart {
  readonly text: string;
  /** Whose number it is. */
  readonly colour?: string;
  readonly marker?: MarkerShape;
  readonly strong?: boolean;
}

/** What a chart says of one series at the place under the cursor. */
export function seriesPart(
  { label, colour, marker = 'circle' }: { label: string; colour: string; marker?: MarkerShape },
  text: string,
  strong: boolean,
): ReadoutPart {
  return { text: `${label} ${text}`, colour, marker, strong };
}
