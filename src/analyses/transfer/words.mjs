import { rangeOfN } from '../../few-items.mjs';
import { points } from '../../number-text.mjs';
import { CUTS_HELP, EVALUATED_WORDS, ITEMS_HELP, METRICS_NEED } from '../shared-settings.mjs';

/**
 * @import {EvaluationWords} from '../declaration.ts'
 * @import {MetricCell} from '../../evaluation/tables/metric-table.ts'
 * @import {declaration} from './declaration.mjs'
 */

/** @typedef {{readonly name: string, readonly cell: MetricCell}} Compared */

export const words = /** @satisfies {EvaluationWords<typeof declaration.settings>} */ ({
  title: 'Transfer',
  help: 'block merges of IN and RL on M_vis, M_v2r and M_rea',
  samples: ITEMS_HELP,
  empty: 'Run the evaluation to fill this.',
  needs: 'Load IN and RL.',
  nothingToAsk: METRICS_NEED,
  settings: {
    variants: { help: 'merges, Early:Mid:Late (default: the standard eight, and Base where it is given)' },
    cuts: { help: CUTS_HELP },
    reference: { help: 'the variant that others are compared with (default: IN)' },
    ...EVALUATED_WORDS,
  },

  findings: {
    /**
     * Which differences from the reference are beyond chance.
     * @param {readonly Compared[]} compared
     * @param {string} reference
     */
    beyondChance(compared, reference) {
      if (compared.length === 0) return '';
      const clear = compared.filter(({ cell }) => cell.against && cell.against.adjustedP <= 0.05);
      if (clear.length === 0)
        return `None of ${compared.length} differences from ${reference} is beyond chance at this number of samples (${rangeOfN(compared.map(({ cell }) => cell.against?.n ?? 0))}; Holm-adjusted p above 0.05 for each).`;
      const named = clear.map(
        ({ name, cell }) =>
          `${name} ${cell.metric} ${points(cell.against?.delta ?? 0)} points (n = ${cell.against?.n ?? 0})`,
      );
      return `${clear.length} of ${compared.length} differences from ${reference} are beyond chance (Holm-adjusted p ≤ 0.05): ${named.join(', ')}.`;
    },
  },
});
