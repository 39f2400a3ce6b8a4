import { WORDS } from '../shared-settings.mjs';
import { layerNames, percent, span } from '../wording.mjs';

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
    baseline({ errorRate, interval, n }) {
      return `Without ablation ${percent(errorRate)} of the answers are wrong (${span(interval)}, n = ${n}).`;
    },

    /**
     * The layers that cost most, with the paired test of the first.
     * @param {readonly ErrorRate[]} worst of equal error rates
     */
    worst(worst) {
      const [first] = worst;
      if (!first?.drop) return '';
      const { delta, interval, p } = first.drop;
      return `Leaving out ${layerNames(worst.map(({ layer }) => layer))} costs most: ${percent(first.errorRate)} wrong, accuracy ${percent(delta)} (${span(interval)}; McNemar p = ${p < 1e-4 ? '< 0.0001' : p.toPrecision(2)}).`;
    },

    /**
     * @param {ErrorRate} worst
     * @param {ErrorRate} baseline
     */
    forms({ form }, { form: before }) {
      return `Its answers have ${form.meanTokens.toFixed(0)} tokens on average (${before.meanTokens.toFixed(0)} without ablation); ${percent(form.cutOff)} were cut off, ${percent(form.withAnswerTag)} carry an answer tag (${percent(before.withAnswerTag)}).`;
    },
  },
});
