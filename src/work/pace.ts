/** How fast long work goes and when it will be done. */
import type { WorkProgress } from './long-work.ts';

export interface Pace {
  /** Units a second, over the last seconds; null until something was done. */
  readonly rate: number | null;
  /** Seconds left at that rate; null while unknown. */
  readonly etaSeconds: number | null;
}

/** The rate is that of this long: enough to smooth pieces of unequal size, short enough to follow a change. */
const WINDOW_SECONDS = 15;
/** More samples than this in the window tell nothing more. */
const SAMPLE_EVERY_SECONDS = 0.1;

/**
 * Watches the progress of one piece of work. What was finished before the first report of a phase (by an earlier
 * run) counts as done but not as speed.
 */
export class PaceMeter {
  readonly #now: () => number;
  #phase: string | null = null;
  #samples: { readonly at: number; readonly done: number }[] = [];

  /** @param now seconds, from any fixed point */
  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
  }

  /** Takes a report and returns the pace of its phase. */
  observe({ phase, done, total }: WorkProgress): Pace {
    const at = this.#now();
    if (phase !== this.#phase || done < (this.#samples.at(-1)?.done ?? 0)) {
      this.#phase = phase;
      this.#samples = [];
    }
    const last = this.#samples.at(-1);
    if (!last || at - last.at >= SAMPLE_EVERY_SECONDS) this.#samples.push({ at, done });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) > WINDOW_SECONDS)
      this.#samples.shift();
    const first = this.#samples[0];
    if (!first || done <= first.done || at <= first.at) return { rate: null, etaSeconds: null };
    const rate = (done - first.done) / (at - first.at);
    return { rate, etaSeconds: (total - done) / rate };
  }
}
