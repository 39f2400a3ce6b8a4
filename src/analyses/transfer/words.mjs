import { CUTS_HELP, EVALUATED_WORDS, ITEMS_HELP, METRICS_NEED } from '../shared-settings.mjs';
import { beyondChanceSentence } from '../wording.mjs';

/**
 * @import {EvaluationWords} from '../declaration.ts'
 * @import {declaration} from './declaration.mjs'
 */

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
    beyondChance: beyondChanceSentence,
  },
});
