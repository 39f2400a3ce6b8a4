import { createContext } from 'svelte';
import type { Family } from '../state/family.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { View } from '../state/view.svelte.ts';
import type { Demo } from './demo.svelte.ts';
import type { Samples } from './samples.svelte.ts';

/** What the screen takes of the app. */
interface Stores {
  readonly view: View;
  readonly jobs: Jobs;
  readonly family: Family;
  readonly demo: Demo;
  readonly samples: Samples;
}

export const [getStores, setStores] = createContext<Stores>();
