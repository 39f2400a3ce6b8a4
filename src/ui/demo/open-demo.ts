import { tick } from 'svelte';
import type { Demo } from './demo.svelte.ts';

/** Opens the family from a button that is gone afterwards: the next thing to press takes its place. */
export async function openDemo(demo: Demo): Promise<void> {
  await demo.open();
  await tick();
  if (document.activeElement === document.body)
    document.querySelector<HTMLElement>('aside form .button.filled')?.focus();
}
