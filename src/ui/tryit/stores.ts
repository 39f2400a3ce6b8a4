import { createContext } from 'svelte';
import type { Appearance } from '../state/appearance.svelte.ts';
import type { Asking } from '../state/asking.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Stitch } from '../state/stitch.svelte.ts';
import type { View } from '../state/view.svelte.ts';

/** What the screen takes of the app. */
interface Stores {
  readonly view: View;
  readonly appearance: Appearance;
  readonly images: ImageChoice;
  readonly family: Family;
  readonly stitch: Stitch;
  readonly asking: Asking;
}

export const [getStores, setStores] = createContext<Stores>();
