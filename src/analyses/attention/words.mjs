import { evenDecimals } from '../../even-decimals.mjs';
import { itemsText } from '../../few-items.mjs';
import { INTERVAL_KINDS } from '../../interval-kinds.mjs';
import { signed, spanText } from '../../number-text.mjs';
import { WORDS } from '../shared-settings.mjs';

/**
 * @import {Words} from '../declaration.ts'
 * @import {AttentionDifference} from '../../probes/attention/difference.ts'
 * @import {ModelLayers} from '../../probes/attention/layer-means.ts'
 * @import {declaration} from './declaration.mjs'
 */

export const words = /** @satisfies {Words<typeof declaration.settings>} */ ({
  title: 'Attention',
  help: 'attention of generated tokens onto the image, IN against RL',
  samples: 'visual questions: JSONL, TSV or CSV beside the images, or Parquet',
  empty: 'Read how much of their attention the models give to the image.',
  needs: 'Load a model.',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    running: {
      help: "both read one model's answer, or each its own",
      label: 'Read',
      names: { 'teacher-forced': 'one answer by all', free: 'each its own answer' },
      titles: { 'teacher-forced': 'teacher-forced on the answer of IN' },
    },
    forcedBy: { help: 'whose answer all read' },
    onlyThink: { help: 'only tokens within <think>…</think>', label: 'only within <think>' },
    heads: { help: 'also the mass of every head' },
    system: WORDS.system,
    maxNewTokens: WORDS.maxNewTokens,
  },

  findings: {
    /**
     * Where two models differ most in attention onto the image, with each model's own mean there.
     * @param {readonly [before: ModelLayers, after: ModelLayers]} models
     * @param {readonly AttentionDifference[]} differences
     */
    shift([before, after], differences) {
      const [first] = differences;
      if (!first) return '';
      const widest = differences.reduce((best, one) =>
        Math.abs(one.mass.mean) > Math.abs(best.mass.mean) ? one : best,
      );
      const { layer, mass } = widest;
      const beyond = differences.flatMap(({ mass: { interval } }) => (interval ? [interval] : []));
      const more = beyond.filter(({ low }) => low > 0).length;
      const less = beyond.filter(({ high }) => high < 0).length;
      const masses = [before, after].map(({ layers }) => layers[layer]?.mass.mean ?? NaN);
      const [from, to] = masses.map(evenDecimals(masses));
      const { mean, interval: ends } = mass;
      const form = evenDecimals(ends ? [mean, ends.low, ends.high] : [mean], signed);
      const interval = mass.interval
        ? `${INTERVAL_KINDS.student}: ${spanText(mass.interval, form)}, `
        : 'no interval, ';
      const told =
        beyond.length > 0
          ? `${after.name} looks at the image more than ${before.name} at ${more} of ${differences.length} layers and less at ${less}, with intervals that leave zero out`
          : `Whether ${after.name} looks at the image more than ${before.name} cannot be told`;
      return `${told}; they differ most at layer ${layer + 1}: mass ${to} in ${after.name}, ${from} in ${before.name}, on average ${form(mass.mean)} (${interval}${itemsText(mass.n)}).`;
    },

    /** @param {ModelLayers} model */
    without({ name, without }) {
      return `${name}: ${without} samples have no token to look from and do not count.`;
    },
  },
});
