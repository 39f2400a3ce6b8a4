import { WORDS } from '../shared-settings.mjs';

/**
 * @import {Words} from '../declaration.ts'
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
    forcedBy: { help: 'whose answer both read' },
    onlyThink: { help: 'only tokens within <think>…</think>', label: 'only within <think>' },
    heads: { help: 'also the mass of every head' },
    system: WORDS.system,
    maxNewTokens: WORDS.maxNewTokens,
  },

  findings: {
    /**
     * Where two models differ most in attention onto the image.
     * @param {ModelLayers} before
     * @param {ModelLayers} after
     */
    shift(before, after) {
      const pairs = before.layers.flatMap(({ layer, mass }) => {
        const other = after.layers[layer]?.mass.mean;
        return other === undefined ? [] : [{ layer, from: mass.mean, to: other }];
      });
      if (pairs.length === 0) return '';
      const widest = pairs.reduce((best, pair) =>
        Math.abs(pair.to - pair.from) > Math.abs(best.to - best.from) ? pair : best,
      );
      const more = pairs.filter(({ from, to }) => to > from).length;
      return `${after.name} looks at the image more than ${before.name} at ${more} of ${pairs.length} layers; they differ most at layer ${widest.layer + 1}: mass ${widest.from.toFixed(4)} against ${widest.to.toFixed(4)} (n = ${Math.min(before.n, after.n)}).`;
    },

    /** @param {ModelLayers} model */
    without({ name, without }) {
      return `${name}: ${without} samples have no token to look from and do not count.`;
    },
  },
});
