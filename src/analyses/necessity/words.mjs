import { CUTS_HELP, EVALUATED_WORDS, ITEMS_HELP, METRICS_NEED } from '../shared-settings.mjs';
import { beyondChanceSentence, comparisonText } from '../wording.mjs';

/**
 * @import {EvaluationWords} from '../declaration.ts'
 * @import {MetricCell} from '../../evaluation/tables/metric-table.ts'
 * @import {Place} from './frozen-check.ts'
 * @import {declaration} from './declaration.mjs'
 */

export const words = /** @satisfies {EvaluationWords<typeof declaration.settings>} */ ({
  title: 'Necessity',
  help: 'runs with a frozen region: the same metrics, and whether it is untouched',
  samples: ITEMS_HELP,
  empty: 'Run the evaluation to fill this.',
  needs: 'Load IN, and RL or a run with a frozen region.',
  nothingToAsk: METRICS_NEED,
  models: { frozen: 'RL with a frozen region' },
  settings: { cuts: { help: CUTS_HELP }, ...EVALUATED_WORDS },

  findings: {
    beyondChance: beyondChanceSentence,

    /**
     * One metric of a run against the reference.
     * @param {string} name
     * @param {MetricCell} cell
     * @param {string} reference
     */
    compared: (name, { metric, against }, reference) =>
      against ? `${name}, ${metric}: ${comparisonText(against, reference)}.` : '',

    /**
     * Answers of a metric without a verdict.
     * @param {string} name
     * @param {MetricCell} cell
     */
    undecided: (name, { metric, undecided, n }) =>
      `${name}, ${metric}: ${undecided} not decided in time (n = ${n}).`,

    /**
     * Which regions a run left exactly as they were.
     * @param {string} name
     * @param {readonly Place[]} places
     */
    untouched: (name, places) =>
      `${name}: ${places.length === 0 ? 'no region is untouched' : `untouched: ${places.join(', ')}`}.`,
  },
});
