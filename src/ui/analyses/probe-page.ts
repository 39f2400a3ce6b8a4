import type { Component } from 'svelte';
import type { Probe } from '../../analyses/probe.ts';
import type { ChartFrame } from '../charts/frame.ts';
import type { Localize } from '../localize/localize.svelte.ts';

/** How an analysis that asks models is drawn: `src/ui/analyses/NAME/page.ts`. Its form comes from what it declares. */
export interface ProbePage {
  readonly analysis: Pick<Probe, 'declaration' | 'words'>;
  readonly Charts: Component<{ localize: Localize; frame: ChartFrame }>;
  /** The samples behind a point of the charts. */
  readonly Samples: Component<{ localize: Localize }>;
  /** How it is computed. */
  readonly Definition: Component;
}
