import type { Asking } from '../state/asking.svelte.ts';

/** A drag that is still going on should not start a question of its own. */
const SETTLE_MS = 350;

/** Asks the same again whenever the model was changed, where that is wanted. Called while a component is made. */
export function askAgain(asking: Asking): void {
  $effect(() => {
    const { live, stale, running } = asking;
    if (!live || !stale) return;
    // An answer under way is stopped first; its end runs this again.
    const timer = setTimeout(() => (running ? asking.stop() : void asking.ask()), SETTLE_MS);
    return () => clearTimeout(timer);
  });
}
