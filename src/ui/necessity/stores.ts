import { createContext } from 'svelte';
import type { Characterize } from '../characterize/characterize.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { View } from '../state/view.svelte.ts';
import type { Necessity } from './necessity.svelte.ts';

/** What the screen takes of the app. */
interface Stores {
  readonly view: View;
  readonly images: ImageChoice;
  readonly family: Family;
  readonly characterize: Characterize;
  readonly necessity: Necessity;
}

export const [getStores, setStores] = createContext<Stores>();
