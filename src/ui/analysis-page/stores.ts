import { createContext } from 'svelte';
import type { Appearance } from '../state/appearance.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { View } from '../state/view.svelte.ts';

/** What the screen takes of the app. */
interface Stores {
  readonly view: View;
  readonly appearance: Appearance;
  readonly family: Family;
}

export const [getStores, setStores] = createContext<Stores>();
