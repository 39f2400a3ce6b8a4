import { createContext } from 'svelte';
import type { Family } from '../state/family.svelte.ts';
import type { Machine } from '../state/machine.svelte.ts';
import type { View } from '../state/view.svelte.ts';
import type { Characterize } from './characterize.svelte.ts';

/** What the screen takes of the app. */
interface Stores {
  readonly view: View;
  readonly machine: Machine;
  readonly family: Family;
  readonly characterize: Characterize;
}

export const [getStores, setStores] = createContext<Stores>();
