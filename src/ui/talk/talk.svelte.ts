import type { Deck, Slide } from '../../study/deck.ts';

/** What a key does in a talk. Clickers send the keys of a page up and down, and a full stop for black. */
const KEYS: Readonly<Record<string, 'next' | 'back' | 'first' | 'last' | 'black'>> = {
  ...{ ArrowRight: 'next', ArrowDown: 'next', PageDown: 'next', ' ': 'next', Enter: 'next' },
  ...{ ArrowLeft: 'back', ArrowUp: 'back', PageUp: 'back', Backspace: 'back' },
  ...{ Home: 'first', End: 'last', b: 'black', B: 'black', '.': 'black' },
};

/** How much of a slide is there: axes and what papers printed, then what was measured, then the sentence. */
const BUILDS = ['axes', 'series', 'sentence'] as const;
export type Build = (typeof BUILDS)[number];

/** Where a talk is: one for both of its windows. */
export class Talk {
  /** Those that are not left out. */
  readonly slides: readonly Slide[];
  /** When it began, milliseconds since 1970. */
  readonly begun = Date.now();
  black = $state(false);
  #at = $state(0);
  #built = $state(0);

  /** @param number the slide to begin with */
  constructor(deck: Deck, number = 1) {
    this.slides = deck.slides.filter(({ out }) => !out);
    this.show(number);
  }

  /** Null where all slides are left out. */
  get slide(): Slide | null {
    return this.slides[this.#at] ?? null;
  }

  /** The one after it, if any. */
  get following(): Slide | null {
    return this.slides[this.#at + 1] ?? null;
  }

  /** From 1. */
  get number(): number {
    return this.#at + 1;
  }

  /** What of the slide is there. */
  get build(): Build {
    return this.#builds === 1 ? 'sentence' : (BUILDS[this.#built] ?? 'sentence');
  }

  /** Presses until the next slide. */
  get left(): number {
    return this.#builds - this.#built;
  }

  /** @returns whether the key is one of the talk's */
  key(key: string): boolean {
    const does = KEYS[key];
    if (!does) return false;
    if (does === 'black' || this.black) this.black = !this.black;
    else this[does]();
    return true;
  }

  next(): void {
    if (this.#built < this.#builds - 1) this.#built += 1;
    else if (this.following) this.#go(this.#at + 1, false);
  }

  /** The slide before, as it was left. */
  back(): void {
    if (this.#at > 0) this.#go(this.#at - 1, true);
  }

  /** @param number from 1: the slide is there as a whole */
  show(number: number): void {
    this.#go(Math.min(Math.max(number, 1), Math.max(this.slides.length, 1)) - 1, true);
  }

  first(): void {
    this.#go(0, false);
  }

  last(): void {
    this.#go(Math.max(0, this.slides.length - 1), true);
  }

  get #builds(): number {
    const shows = this.slide?.shows;
    if (shows?.kind !== 'finding') return 1;
    return shows.finding === null ? BUILDS.length - 1 : BUILDS.length;
  }

  #go(at: number, whole: boolean): void {
    this.#at = at;
    this.#built = whole ? this.#builds - 1 : 0;
  }
}
