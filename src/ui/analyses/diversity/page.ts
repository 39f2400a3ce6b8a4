import { analysis } from '../../../analyses/diversity/analysis.ts';
import { magnitude } from '../../format/quantity.ts';
import type { UpdatesPage } from '../updates-page.ts';
import Charts from './Charts.svelte';
import { spokenOf } from '../words-of.ts';
import Definition from './Definition.svelte';
import { t } from './texts.ts';

export const page: UpdatesPage = {
  ...{ analysis: spokenOf(analysis), Charts, Definition },

  /** "56 exact spectra on the CPU · about 27 trillion operations". */
  cost: ({ total, deltas, cost }, { mode }, where) =>
    t.cost(total * deltas.length, mode === 'exact', where, magnitude(cost)),
};
