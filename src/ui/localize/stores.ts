import { createContext } from 'svelte';
import type { Family } from '../state/family.svelte.ts';
import type { View } from '../state/view.svelte.ts';
import type { Localize } from './localize.svelte.ts';

/** What the screen takes of the app. */
interface Stores {
  readonly localize: Localize;
  readonly view: View;
  readonly family: Family;
}

export const [getStores, setStores] = createContext<Stores>();
