import { analysis } from '../../../analyses/overlap/analysis.ts';
import { magnitude } from '../../format/quantity.ts';
import type { UpdatesPage } from '../updates-page.ts';
import Charts from './Charts.svelte';
import Controls from './Controls.svelte';
import Definition from './Definition.svelte';

export const page: UpdatesPage = {
  ...{ analysis, Charts, Controls, Definition },

  /** "218 matrices of two updates on the CPU · at most 4.3 trillion operations". */
  cost: ({ total, cost }, _, where) =>
    `${total === 1 ? '1 matrix' : `${total} matrices`} of two updates on ${where} · at most ${magnitude(cost)} operations`,
};
