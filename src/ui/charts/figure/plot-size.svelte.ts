/** What a chart is laid out for, where that is asked of it. */
export interface Layout {
  /** Pixels across; 0 until measured. */
  readonly width: number;
  /** Factor of talk mode. */
  readonly scale: number;
  /** Factor of its height, that of texts apart: 1 on the page. */
  readonly stretch: number;
}

/** The same. The shell measures it; a chart makes it, so that its layout can follow. */
export class PlotSize implements Layout {
  width = $state(0);
  scale = $state(1);
  stretch = $state(1);
}
