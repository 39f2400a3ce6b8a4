import { getContext, setContext } from 'svelte';

const KEY = Symbol('chosen chart');

/** Which of several charts is drawn. */
export class ChosenChart {
  /** Titles of all in English (`ChartProps.name`), in order, as they are known by now. */
  titles = $state.raw<readonly string[]>([]);
  readonly #wanted: () => number | string | null;
  #count = 0;

  /** @param wanted a title, or a place in the order; null draws all */
  constructor(wanted: () => number | string | null) {
    this.#wanted = wanted;
  }

  /** Called by each chart while it is made. @returns whether the chart is drawn */
  join(title: () => string): () => boolean {
    const place = this.#count++;
    $effect(() => {
      const titles = [...this.titles];
      titles[place] = title();
      if (titles[place] !== this.titles[place]) this.titles = titles;
    });
    return () => {
      const wanted = this.#wanted();
      return wanted === null || wanted === place || wanted === title();
    };
  }
}

/** Says which of the charts below is drawn. */
export function setChosenChart(chosen: ChosenChart): void {
  setContext(KEY, chosen);
}

/** @returns whether the chart of that title is drawn: where nobody chooses, all are */
export function drawnHere(title: () => string): () => boolean {
  const chosen = getContext<ChosenChart | undefined>(KEY);
  return chosen ? chosen.join(title) : () => true;
}
