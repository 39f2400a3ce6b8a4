import { getContext, setContext } from 'svelte';

/** Pixels of height that a picture may take and still be seen whole. */
export interface Room {
  /** In the first screen of the page. */
  readonly first: number;
  /** With the page scrolled to the chart. */
  readonly most: number;
}

/** Where nothing bounds a picture: on no page, and in an export. */
export const BOUNDLESS: Room = { first: Infinity, most: Infinity };

const KEY = Symbol('room');

/** Says how much room there is to all charts below; read whenever a chart is laid out. */
export function setRoom(room: () => Room): void {
  setContext(KEY, room);
}

export function getRoom(): () => Room {
  return getContext<(() => Room) | undefined>(KEY) ?? (() => BOUNDLESS);
}

/**
 * The height of a plot, or of each of several, in the unit of `preferred`: as preferred where the picture then fits, else as much lower
 * as it takes, for the first screen if that leaves it `least`, else for the page scrolled to it.
 *
 * @param pictured pixels of the whole picture with plots of a height; it grows linearly
 */
export function fitted(
  room: Room = BOUNDLESS,
  { preferred, least }: { readonly preferred: number; readonly least: number },
  pictured: (height: number) => number,
): number {
  const fixed = pictured(0);
  const lowest = Math.min(least, preferred);
  const within = (pixels: number) => Math.min(preferred, (pixels - fixed) / (pictured(1) - fixed));
  const first = within(room.first);
  return first >= lowest ? first : Math.max(lowest, within(room.most));
}
