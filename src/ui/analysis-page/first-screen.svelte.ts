import { tick } from 'svelte';
import { BOUNDLESS, type Room } from '../charts/figure/room.ts';

/** Pixels left free below a picture. */
const MARGIN = 8;
/** What one does to a page that is then not scrolled for one. */
const ACTS = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/** A chart knows its width, and is drawn for it, a frame after it is there. */
async function laidOut(): Promise<void> {
  await tick();
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
}

/** The first chart of a page and what scrolls it. */
interface Parts {
  readonly main: HTMLElement;
  readonly figure: HTMLElement;
  readonly plot: HTMLElement;
  /** What stands over the plot, but for what is read where that moves the plot. */
  readonly over: readonly Element[];
  /** Pixels that stay at the top of the page when it is scrolled. */
  readonly strip: number;
}

/** Keeps the first chart of a page whole in sight: says how much room it has, and shows it when a run has ended. */
export class FirstScreen {
  room = $state.raw<Room>(BOUNDLESS);
  /** What holds all charts. */
  charts = $state<HTMLElement>();
  /** What stands above them, but for the strip. */
  above = $state<HTMLElement>();
  #watched = new AbortController();

  /**
   * @param settled whether there is a result, and all above it is folded: what one unfolds moves the charts and leaves them as they are
   * @param shown what decides which charts there are and what is said above them; a list of exports that opens, or a value that is read, does not
   */
  constructor(settled: () => boolean, shown: () => readonly unknown[]) {
    $effect(() => {
      shown();
      const main = this.charts?.closest('main');
      if (!main || !this.above || !settled()) return;
      const measure = (): void => void laidOut().then(() => settled() && this.#measure());
      measure();
      const observer = new ResizeObserver(measure);
      for (const part of [main, this.above]) observer.observe(part);
      // So do the strip, and what is said above the plot, when letters change their size.
      void laidOut().then(() => {
        for (const over of this.#parts()?.over ?? []) observer.observe(over);
      });
      return () => observer.disconnect();
    });
    // A run that goes on since before the page was shown is not waited for.
    this.#watched.abort();
    $effect(() => () => this.#watched.abort());
  }

  /** Called when a run begins: the page is shown its end unless somebody acts on it. */
  begin(): void {
    this.#watched.abort();
    this.#watched = new AbortController();
    const { signal } = this.#watched;
    // What began it is no act on the page any more.
    setTimeout(() => {
      for (const act of ACTS) addEventListener(act, () => this.#watched.abort(), { signal, passive: true });
    });
  }

  /** Called when it has ended. */
  async end(): Promise<void> {
    const { signal } = this.#watched;
    await laidOut();
    // Its room is measured by then, and the chart laid out for that.
    await laidOut();
    const parts = this.#parts();
    if (signal.aborted || !parts) return;
    this.#watched.abort();
    const { main, figure, plot, strip } = parts;
    const top = main.getBoundingClientRect().top - main.scrollTop;
    const whole = plot.getBoundingClientRect().bottom - top <= main.clientHeight;
    main.scrollTop = whole ? 0 : figure.getBoundingClientRect().top - top - strip;
  }

  #parts(): Parts | null {
    const main = this.charts?.closest('main');
    const figure = this.charts?.querySelector('figure');
    const plot = figure?.querySelector<HTMLElement>('.plot');
    const said = figure?.querySelectorAll(':scope > :is(figcaption, .room.over)') ?? [];
    const before = this.charts?.previousElementSibling;
    const over = [...said, ...(before ? [before] : [])];
    const stays = before && getComputedStyle(before).position === 'sticky';
    const strip = stays ? before.getBoundingClientRect().height : 0;
    return main && figure && plot ? { main, figure, plot, over, strip } : null;
  }

  #measure(): void {
    const parts = this.#parts();
    if (!parts) return;
    const { main, figure, plot, strip } = parts;
    const from = plot.getBoundingClientRect().top;
    const view = main.clientHeight - MARGIN;
    const first = Math.floor(view - (from - main.getBoundingClientRect().top + main.scrollTop));
    const most = Math.floor(view - strip - (from - figure.getBoundingClientRect().top));
    if (first !== this.room.first || most !== this.room.most) this.room = { first, most };
  }
}
