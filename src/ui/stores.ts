import { createContext } from 'svelte';
import type { Characterize } from './characterize/characterize.svelte.ts';
import type { Demo } from './demo/demo.svelte.ts';
import type { Samples } from './demo/samples.svelte.ts';
import type { Localize } from './localize/localize.svelte.ts';
import type { Necessity } from './necessity/necessity.svelte.ts';
import type { Offline } from './offline/offline.svelte.ts';
import type { Perception } from './perception/perception.svelte.ts';
import type { Servers } from './served/servers.svelte.ts';
import type { Appearance } from './state/appearance.svelte.ts';
import type { Asking } from './state/asking.svelte.ts';
import type { Carried } from './state/carried.svelte.ts';
import type { Compared } from './state/compared.svelte.ts';
import type { Family } from './state/family.svelte.ts';
import type { ImageChoice } from './state/image-choice.svelte.ts';
import type { Jobs } from './state/jobs.svelte.ts';
import type { KeptResults } from './state/kept-results.svelte.ts';
import type { LoadChoice } from './state/load-choice.svelte.ts';
import type { Machine } from './state/machine.svelte.ts';
import type { RunCosts } from './state/run-costs.svelte.ts';
import type { Stitch } from './state/stitch.svelte.ts';
import type { View } from './state/view.svelte.ts';
import type { Studies } from './studies/studies.svelte.ts';
import type { TransferEvaluation } from './transfer/evaluation.svelte.ts';
import type { Stitcher } from './transfer/stitcher.svelte.ts';

/** What screens take of the app, which makes it all (`ui/app`); each takes what it needs. */
interface Stores {
  readonly view: View;
  readonly appearance: Appearance;
  readonly jobs: Jobs;
  readonly choice: LoadChoice;
  readonly images: ImageChoice;
  readonly machine: Machine;
  readonly kept: KeptResults;
  readonly carried: Carried;
  readonly compared: Compared;
  readonly family: Family;
  readonly servers: Servers;
  readonly stitch: Stitch;
  readonly asking: Asking;
  readonly demo: Demo;
  readonly samples: Samples;
  readonly localize: Localize;
  readonly characterize: Characterize;
  readonly evaluation: TransferEvaluation;
  readonly necessity: Necessity;
  readonly perception: Perception;
  readonly stitcher: Stitcher;
  readonly offline: Offline;
  readonly studies: Studies;
  readonly costs: RunCosts;
}

/** What the start page takes: it is there before anything is pressed. */
type FirstStores = Pick<
  Stores,
  | ('view' | 'appearance' | 'jobs' | 'choice' | 'images' | 'machine' | 'carried' | 'compared')
  | ('family' | 'servers' | 'stitch' | 'asking' | 'demo' | 'offline')
>;

/** Set around all screens but the start page, once what they take is there. */
export const [getStores, setStores] = createContext<Stores>();

/** Set while the component that holds all screens is made. */
export const [getFirst, setFirst] = createContext<FirstStores>();

/** All of them, for what the start page does when something is pressed or dropped. */
export const [getWhole, setWhole] = createContext<() => Promise<Stores>>();
