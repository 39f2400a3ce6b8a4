import { tick } from 'svelte';
import type { PageId } from '../state/hash.ts';
import type { View } from '../state/view.svelte.ts';

/** A page that is not as high by then will not be. */
const SETTLED_MS = 2000;

/**
 * Begins a page at its top, and shows one that was left where it was left. Called while the component of all pages is made.
 *
 * @param scroller what scrolls every page
 */
export function keepScroll(view: View, scroller: () => HTMLElement | null): void {
  const left = new Map<PageId, number>();
  let shown = view.page;
  $effect.pre(() => {
    const { page } = view;
    if (page === shown) return;
    left.set(shown, scroller()?.scrollTop ?? 0);
    shown = page;
    const goal = left.get(page) ?? 0;
    const until = performance.now() + SETTLED_MS;
    // Charts know their width, and so their height, a while after they are there.
    const restore = (): void => {
      const main = scroller();
      // The app may have been taken away meanwhile.
      if (!main || view.page !== page) return;
      main.scrollTop = goal;
      if (main.scrollTop < goal && performance.now() < until) requestAnimationFrame(restore);
    };
    void tick().then(() => requestAnimationFrame(restore));
  });
}
