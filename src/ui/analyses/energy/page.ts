import { analysis } from '../../../analyses/energy/analysis.ts';
import { bytes } from '../../format/quantity.ts';
import type { UpdatesPage } from '../updates-page.ts';
import Charts from './Charts.svelte';
import Controls from './Controls.svelte';
import { spokenOf } from '../words-of.ts';
import Definition from './Definition.svelte';
import { t } from './texts.ts';

export const page: UpdatesPage = {
  ...{ analysis: spokenOf(analysis), Charts, Controls, Definition },
  get published() {
    return t.ranges;
  },

  /** "3 checkpoints · 218 tensors · 46.2 GiB to read". */
  cost: ({ checkpoints, total, cost }) => t.cost(checkpoints.size, total, bytes(cost)),
};
