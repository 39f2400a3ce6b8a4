import { untrack } from 'svelte';
import type { Address } from '../../analyses/address.ts';
import type { View } from './view.svelte.ts';

/** A page whose address says what it is asked. */
export interface Addressed {
  /** What it is asked now; empty where that is what it begins with. */
  readonly address: Address;
  /** Takes over what a link asks, as far as that is valid. */
  follow(address: Address): void;
}

/** Keeps the address and what a page is asked alike, while its component is there. Called while that is made. */
export function keepAddress(view: View, page: Addressed): void {
  // While it is left, the address is another's already: names that both have would be taken for its own.
  const own = view.page;
  $effect(() => {
    const { asked } = view;
    if (
      view.page === own &&
      asked.size > 0 &&
      !alike(
        asked,
        untrack(() => page.address),
      )
    )
      untrack(() => page.follow(asked));
  });
  $effect(() => {
    const { address } = page;
    if (
      view.page === own &&
      !alike(
        address,
        untrack(() => view.asked),
      )
    )
      untrack(() => view.ask(address));
  });
}

function alike(a: Address, b: Address): boolean {
  return a.size === b.size && [...a].every(([name, text]) => b.get(name) === text);
}
