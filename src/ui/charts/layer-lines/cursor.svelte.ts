import { highlight } from '../../state/highlight.svelte.ts';
import type { LayerPick, LayerSeries } from './series.ts';

/** Where one reads in a chart of lines: a layer, shared with the strip and all charts, and a series of this one. */
export class LayerCursor {
  /** Key of the series under the cursor. */
  series = $state<string | null>(null);
  readonly #layers: () => readonly number[];
  readonly #all: () => readonly LayerSeries[];

  constructor(layers: () => readonly number[], all: () => readonly LayerSeries[]) {
    this.#layers = layers;
    this.#all = all;
  }

  /** The point under the cursor, where the series has one. */
  get pick(): LayerPick | null {
    const layer = highlight.index;
    const series = this.#all().find(({ key }) => key === this.series);
    const has = series?.points.some((point) => point.layer === layer && point.value !== null);
    return series && layer !== null && has ? { series: series.key, layer } : null;
  }

  /** The pointer is at `layer`; `distance` says how far a series' value there is from it. */
  point(layer: number, distance: (series: LayerSeries, value: number) => number): void {
    highlight.index = layer;
    let nearest = Number.POSITIVE_INFINITY;
    this.series = null;
    for (const one of this.#all()) {
      const value = one.points.find((point) => point.layer === layer)?.value ?? null;
      if (value === null || distance(one, value) >= nearest) continue;
      nearest = distance(one, value);
      this.series = one.key;
    }
  }

  /** Moves by a key; false when the key means nothing here. */
  key(key: string): boolean {
    if (key === 'ArrowUp' || key === 'ArrowDown') return this.#step(key === 'ArrowUp' ? -1 : 1);
    const layers = this.#layers();
    const at = highlight.index === null ? -1 : layers.indexOf(highlight.index);
    const first = this.#firstCovered();
    const targets: Record<string, number | undefined> = {
      ArrowLeft: at < 0 ? first : at - 1,
      ArrowRight: at < 0 ? first : at + 1,
      Home: 0,
      End: layers.length - 1,
    };
    const to = targets[key];
    if (to === undefined) {
      if (key !== 'Escape' || highlight.index === null) return false;
      this.leave();
      return true;
    }
    highlight.index = layers[Math.min(Math.max(to, 0), layers.length - 1)] ?? null;
    this.series ??= this.#all()[0]?.key ?? null;
    return true;
  }

  leave(): void {
    highlight.index = null;
    this.series = null;
  }

  #step(by: number): boolean {
    const all = this.#all();
    if (all.length === 0) return false;
    const at = all.findIndex(({ key }) => key === this.series);
    this.series = all[(Math.max(at, by > 0 ? -1 : 0) + by + all.length) % all.length]?.key ?? null;
    if (highlight.index === null) highlight.index = this.#layers()[this.#firstCovered()] ?? null;
    return true;
  }

  /** Reading begins at the first layer that has a number. */
  #firstCovered(): number {
    const numbered = new Set(this.#all().flatMap(({ points }) => points.map(({ layer }) => layer)));
    return Math.max(
      0,
      this.#layers().findIndex((layer) => numbered.has(layer)),
    );
  }
}
