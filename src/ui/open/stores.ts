import { createContext } from 'svelte';
import type { Demo } from '../demo/demo.svelte.ts';
import type { Appearance } from '../state/appearance.svelte.ts';
import type { Compared } from '../state/compared.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { LoadChoice } from '../state/load-choice.svelte.ts';
import type { Machine } from '../state/machine.svelte.ts';
import type { Stitch } from '../state/stitch.svelte.ts';
import type { View } from '../state/view.svelte.ts';
import type { Stitcher } from '../transfer/stitcher.svelte.ts';

/** What the screen takes of the app. */
interface Stores {
  readonly view: View;
  readonly appearance: Appearance;
  readonly jobs: Jobs;
  readonly choice: LoadChoice;
  readonly images: ImageChoice;
  readonly machine: Machine;
  readonly compared: Compared;
  readonly family: Family;
  readonly stitch: Stitch;
  readonly demo: Demo;
  readonly stitcher: Stitcher;
}

export const [getStores, setStores] = createContext<Stores>();
