/** Who a checkpoint is on screen: its short label, its colour, and the key that hands layers to it. */
import { ROLE_LABELS, ROLES } from '../../roles.mjs';
export interface Identity {
  readonly label: string;
  /** A CSS colour (a token, so that the theme may change its ground). */
  readonly colour: string;
  readonly key: string;
}

const FAMILY: readonly Identity[] = ROLES.map((role) => ({
  ...{ label: ROLE_LABELS[role], colour: `var(--checkpoint-${role})`, key: role.charAt(0) },
}));

/** Keys of further checkpoints: no digit, which turns the page, and no other key that the app has. */
const FURTHER_KEYS = ['v', 'w', 'x', 'y', 'z'] as const;

/** Further checkpoints have five more hues; beyond the eighth a colour would have to mean two checkpoints. */
export const MOST_CHECKPOINTS = 8;

/** Whether the slot at `position` is Base, IN or RL. */
export function hasRole(position: number): boolean {
  return position < FAMILY.length;
}

/** The identity of the slot at `position` (0 Base, 1 IN, 2 RL, then further checkpoints). */
export function identityAt(position: number): Identity {
  const number = position + 1;
  return (
    FAMILY[position] ?? {
      ...{ label: `M${number}`, colour: `var(--checkpoint-${number})` },
      key: FURTHER_KEYS[position - FAMILY.length] ?? '',
    }
  );
}
