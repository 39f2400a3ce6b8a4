import type { Component } from 'svelte';
import type { Updates, UpdatesPlan } from '../../analyses/updates.ts';
import type { Characterize } from '../characterize/characterize.svelte.ts';
import type { ChartFrame } from '../charts/frame.ts';
import type { Papers } from '../published/papers.ts';

export interface UpdatesChartsProps {
  characterize: Characterize;
  frame: ChartFrame;
  /** What papers printed, to be drawn beside; null where that is not wanted or not there. */
  papers: Papers | null;
}

/** How an analysis of updates is drawn: `src/ui/analyses/NAME/page.ts`. Its form comes from what it declares. */
export interface UpdatesPage {
  readonly analysis: Pick<Updates, 'declaration' | 'words'>;
  readonly Charts: Component<UpdatesChartsProps>;
  /** What of its form, or of how it is shown, has controls of its own. */
  readonly Controls?: Component<{ characterize: Characterize }>;
  /** How it is computed. */
  readonly Definition: Component;
  /** What its papers printed, as the switch that draws it says it. */
  readonly published?: string;
  /** What it costs, as a line beside the button; `where` it is computed: "the CPU". */
  cost(plan: UpdatesPlan<unknown, unknown>, values: Readonly<Record<string, unknown>>, where: string): string;
}
