import { itemsText, LEAST } from '../../few-items.mjs';
import { percentText } from '../../number-text.mjs';
import { plainNumber } from '../../plain-number.mjs';
import { WORDS } from '../shared-settings.mjs';
import { differenceText, eachText, layerNames, shareText } from '../wording.mjs';

/**
 * @import {Words} from '../declaration.ts'
 * @import {ErrorRate} from '../../probes/ablation/error-rates.ts'
 * @import {declaration} from './declaration.mjs'
 */

export const words = /** @satisfies {Words<typeof declaration.settings>} */ ({
  title: 'Ablation',
  help: 'zero ablation of each layer on problems',
  samples: 'JSONL, Parquet, TSV or CSV: GSM8K, MATH-500, RL data, visual questions',
  empty: 'Leave out one layer after another to see which answers need it.',
  needs: 'Load a model.',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    parts: {
      help: 'what is left out: layer, attention, mlp (default: layer)',
      ...{ label: 'Leave out', names: { layer: 'the layer', attention: 'its attention', mlp: 'its MLP' } },
    },
    injection: {
      help: 'what DeepStack adds after a layer that is left out: stays, or goes with it (other models: kept)',
      ...WORDS.injection,
      names: { kept: 'kept', removed: 'removed with their layer' },
      titles: {
        kept: 'Added after a layer that is left out, too',
        removed: 'None are added after a layer that is left out',
      },
    },
    layers: WORDS.layers,
    set: { help: 'layers left out together; may be repeated' },
    system: WORDS.system,
    prefix: { help: 'text before each question' },
    maxNewTokens: WORDS.maxNewTokens,
    rows: {
      ...WORDS.rows,
      help: 'answers at once, of several problems (default: 104, or what memory holds)',
    },
  },

  findings: {
    /** @param {ErrorRate} baseline */
    baseline: (baseline) => `Without ablation wrong answers are ${wrong(baseline)}.`,

    /**
     * The layers that cost most, with the paired test of the first.
     * @param {readonly ErrorRate[]} worst of equal error rates
     */
    worst(worst) {
      const [first] = worst;
      if (!first?.drop) return '';
      const names = layerNames(worst.map(({ layer }) => layer));
      const each = worst.length > 1 ? ', one at a time,' : '';
      const where = worst.length > 1 ? ` without layer ${first.layer + 1}` : '';
      return `With ${names} left out${each} they are most: ${wrong(first)}; accuracy${where} ${differenceText(first.drop)}.`;
    },

    /**
     * Length and form of the answers without the layers that cost most, in their order, against those of the whole model.
     * @param {readonly ErrorRate[]} worst
     * @param {ErrorRate} baseline
     */
    forms(worst, { form: before, n }) {
      if (n < LEAST) return '';
      /** @param {'meanTokens' | 'cutOff' | 'withAnswerTag'} of */
      const each = (of) =>
        eachText(
          worst.map(({ form }) => form[of]),
          of === 'meanTokens' ? plainNumber : percentText,
        );
      return `Answers without ${layerNames(worst.map(({ layer }) => layer))} have ${each('meanTokens')} tokens on average (${plainNumber(before.meanTokens)} without ablation); ${each('cutOff')} were cut off (${percentText(before.cutOff)}), ${each('withAnswerTag')} carry an answer tag (${percentText(before.withAnswerTag)}); ${itemsText(n)}.`;
    },
  },
});

/**
 * How many answers are wrong.
 * @param {ErrorRate} rate
 */
function wrong({ correct, n, interval }) {
  return shareText({ hits: n - correct, n, interval });
}
