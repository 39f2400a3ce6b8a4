import { analysis } from '../../../analyses/energy/analysis.ts';
import { bytes, counted } from '../../format/quantity.ts';
import type { UpdatesPage } from '../updates-page.ts';
import Charts from './Charts.svelte';
import Controls from './Controls.svelte';
import Definition from './Definition.svelte';

export const page: UpdatesPage = {
  ...{ analysis, Charts, Controls, Definition },
  published: 'Ranges that P1 shows',

  /** "3 checkpoints · 218 tensors · 46.2 GiB to read". */
  cost: ({ checkpoints, total, cost }) =>
    [counted(checkpoints.size, 'checkpoint'), counted(total, 'tensor'), `${bytes(cost)} to read`].join(' · '),
};
