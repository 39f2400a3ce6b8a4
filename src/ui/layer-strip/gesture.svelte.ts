/** LLM layers from `a` to `b`, whichever is first. */
function layersBetween(a: number, b: number): number[] {
  const [first, last] = [Math.min(a, b), Math.max(a, b)];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** The layers being chosen on a strip, by dragging or with Shift and the arrows. LLM layers only (1…L). */
export class Gesture {
  #anchor = $state<number | null>(null);
  #head = $state<number | null>(null);
  dragging = $state(false);

  selection = $derived(
    this.#anchor === null || this.#head === null ? [] : layersBetween(this.#anchor, this.#head),
  );

  start(layer: number): void {
    this.#anchor = layer;
    this.#head = layer;
    this.dragging = true;
  }

  /** Grows or shrinks towards `layer`; begins at `from` where nothing is chosen yet. */
  extend(layer: number, from: number): void {
    this.#anchor ??= from;
    this.#head = Math.max(1, layer);
  }

  drop(): number[] {
    this.dragging = false;
    return this.selection;
  }

  clear(): void {
    this.#anchor = null;
    this.#head = null;
    this.dragging = false;
  }
}
