import type { ChartFrame } from '../charts/frame.ts';
import type { Coverage } from '../layer-strip/layer-axis.ts';
import type { Family } from '../state/family.svelte.ts';
import { highlight } from '../state/highlight.svelte.ts';
import type { View } from '../state/view.svelte.ts';

/** What the charts of a page share with its strip; read anew whenever it changes. */
export function pageFrame(family: Family, view: View, covers: () => Coverage): ChartFrame {
  return {
    get body() {
      return family.body;
    },
    get cuts() {
      return view.cuts(family.body.layers);
    },
    get covers() {
      return covers();
    },
    highlight,
  };
}
