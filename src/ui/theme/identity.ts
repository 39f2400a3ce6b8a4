/** Who a checkpoint is on screen: its short label, its colour, and the key that hands layers to it. */
import { colourAt } from '../../checkpoint-places.ts';
import { ROLE_LABELS, ROLES } from '../../roles.mjs';

export { MOST_CHECKPOINTS } from '../../checkpoint-places.ts';

export interface Identity {
  readonly label: string;
  /** A CSS colour (a token, so that the theme may change its ground). */
  readonly colour: string;
  readonly key: string;
}

const FAMILY: readonly Identity[] = ROLES.map((role, place) => ({
  ...{ label: ROLE_LABELS[role], colour: colourAt(place), key: role.charAt(0) },
}));

/** Keys of further checkpoints: no digit, which turns the page, and no other key that the app has. */
const FURTHER_KEYS = ['v', 'w', 'x', 'y', 'z'] as const;

/** Whether the slot at `position` is Base, IN or RL. */
export function hasRole(position: number): boolean {
  return position < FAMILY.length;
}

/** The identity of the slot at `position` (0 Base, 1 IN, 2 RL, then further checkpoints). */
export function identityAt(position: number): Identity {
  const number = position + 1;
  return (
    FAMILY[position] ?? {
      ...{ label: `M${number}`, colour: colourAt(position) },
      key: FURTHER_KEYS[position - FAMILY.length] ?? '',
    }
  );
}
