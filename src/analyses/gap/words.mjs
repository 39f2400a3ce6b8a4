import { EVALUATED_WORDS, ITEMS_HELP } from '../shared-settings.mjs';
import { points, pText } from '../wording.mjs';

/**
 * @import {EvaluationWords} from '../declaration.ts'
 * @import {Gap} from '../../evaluation/perception/gap-table.ts'
 * @import {declaration} from './declaration.mjs'
 */

/**
 * "66.7 %".
 * @param {number} share
 */
const percent = (share) => `${Number((share * 100).toFixed(1))} %`;

export const words = /** @satisfies {EvaluationWords<typeof declaration.settings>} */ ({
  title: 'Perception or reasoning',
  help: 'perception or reasoning: puzzles by image and by text',
  samples: ITEMS_HELP,
  empty: 'Run the evaluation to fill this.',
  needs: 'Load a model.',
  nothingToAsk:
    'puzzles have a picture, a description and a category other than general-vqa and math-targeted-vqa: add them, or name their columns (--columns description=…,category=…)',
  settings: {
    reward: { help: 'one of the six rewards (default: all)' },
    text: {
      help: 'the text side: text alone, or with a black image (default: alone; black for the demo style)',
      label: 'Text side',
      names: { alone: 'text alone', black: 'text with a black image' },
    },
    ...EVALUATED_WORDS,
  },

  findings: {
    /**
     * What seeing costs one model, over all puzzles.
     * @param {string} model
     * @param {Gap} all
     * @param {number} undecided answers without a verdict
     */
    gap(model, { image, text, gap }, undecided) {
      const { delta, interval, n, p } = gap;
      const noted = undecided > 0 ? `, ${undecided} not decided in time` : '';
      return `${model}: ${percent(image.value)} right by image, ${percent(text.value)} by text; the gap is ${points(delta)} points (${points(interval.low)} to ${points(interval.high)}, n = ${n}, McNemar p = ${pText(p)}${noted}).`;
    },
  },
});
