import { itemsText } from '../../few-items.mjs';
import { pSaid } from '../../number-text.mjs';
import { EVALUATED_WORDS, ITEMS_HELP } from '../shared-settings.mjs';
import { differenceText, shareText } from '../wording.mjs';

/**
 * @import {EvaluationWords} from '../declaration.ts'
 * @import {FamilyGap, Gap} from '../../evaluation/perception/gap-table.ts'
 * @import {declaration} from './declaration.mjs'
 */

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
      const noted = undecided > 0 ? [`${undecided} not decided in time`] : [];
      return `${model}: right by image ${shareText(image)}, by text ${shareText(text)}; text less image ${differenceText(gap, noted)}.`;
    },

    /**
     * The kind of puzzles at which seeing costs most.
     * @param {string} model
     * @param {readonly FamilyGap[]} families those with an answer to both sides
     */
    widest(model, families) {
      const [first] = families;
      if (!first || families.length < 2) return '';
      const widest = families.reduce((best, one) => (one.gap.delta > best.gap.delta ? one : best));
      const holm = `Holm ${pSaid(widest.adjustedP)} over ${families.length} kinds of puzzles`;
      return `${model}: the gap from image to text is widest at ${widest.family.replaceAll('_', ' ')}: ${differenceText(widest.gap, [holm, itemsText(widest.gap.n)])}.`;
    },
  },
});
