import { analysis } from '../../../analyses/diversity/analysis.ts';
import { magnitude } from '../../format/quantity.ts';
import type { UpdatesPage } from '../updates-page.ts';
import Charts from './Charts.svelte';
import Definition from './Definition.svelte';

export const page: UpdatesPage = {
  ...{ analysis, Charts, Definition },

  /** "56 exact spectra on the CPU · about 27 trillion operations". */
  cost({ total, deltas, cost }, { mode }, where) {
    const spectra = total * deltas.length;
    const kind = mode === 'exact' ? 'exact' : 'estimated';
    return [
      `${spectra} ${kind} ${spectra === 1 ? 'spectrum' : 'spectra'} on ${where}`,
      `about ${magnitude(cost)} operations`,
      'time is told once the first are done',
    ].join(' · ');
  },
};
