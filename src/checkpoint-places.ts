/** Checkpoints are told apart by their places: 0 Base, 1 IN, 2 RL, then further ones. */
import { ROLES } from './roles.mjs';

/** Further checkpoints have five more hues; beyond the eighth a colour would have to mean two checkpoints. */
export const MOST_CHECKPOINTS = 8;

/** The colour of the checkpoint at a place, as a token of the theme. */
export function colourAt(place: number): string {
  return `var(--checkpoint-${ROLES[place] ?? place + 1})`;
}
