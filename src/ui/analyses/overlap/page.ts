import { analysis } from '../../../analyses/overlap/analysis.ts';
import { magnitude } from '../../format/quantity.ts';
import type { UpdatesPage } from '../updates-page.ts';
import Charts from './Charts.svelte';
import Controls from './Controls.svelte';
import { spokenOf } from '../words-of.ts';
import Definition from './Definition.svelte';
import { t } from './texts.ts';

export const page: UpdatesPage = {
  ...{ analysis: spokenOf(analysis), Charts, Controls, Definition },

  /** "218 matrices of two updates on the CPU · at most 4.3 trillion operations". */
  cost: ({ total, cost }, _, where) => t.cost(total, where, magnitude(cost)),
};
