/** The layer under the pointer or the keyboard, shared by every strip and chart. */
class Highlight {
  /** Unified layer index (−n…−1, 0, 1…L), or null. */
  index = $state<number | null>(null);
}

export const highlight = new Highlight();
