import type { MarkerShape } from '../marks/markers.ts';

/** One piece of what a chart says about the place under the cursor. */
export interface ReadoutPart {
  readonly text: string;
  /** Whose number it is. */
  readonly colour?: string;
  readonly marker?: MarkerShape;
  readonly strong?: boolean;
}
