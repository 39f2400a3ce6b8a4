import { BOUNDLESS, type Room } from './room.ts';

/** What a chart is laid out for. The shell measures it; a chart makes it, so that its layout can follow. */
export class PlotSize {
  /** Pixels across; 0 until measured. */
  width = $state(0);
  /** Factor of talk mode. */
  scale = $state(1);
  /** Pixels of height to keep within. */
  room = $state.raw<Room>(BOUNDLESS);
}
