import { tick } from 'svelte';
import type { PageId } from '../state/hash.ts';
import type { View } from '../state/view.svelte.ts';

/**
 * Begins a page at its top, and shows one that was left where it was left. Called while the component of all pages is made.
 *
 * @param scroller what scrolls every page
 */
export function keepScroll(view: View, scroller: () => HTMLElement): void {
  const left = new Map<PageId, number>();
  let shown = view.page;
  $effect.pre(() => {
    const { page } = view;
    if (page === shown) return;
    left.set(shown, scroller().scrollTop);
    shown = page;
    void tick().then(() => {
      // Charts know their width, and so their height, a frame after they are there.
      requestAnimationFrame(() => (scroller().scrollTop = left.get(page) ?? 0));
    });
  });
}
