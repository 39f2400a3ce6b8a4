import { COMPARISON_WORDS, WORDS } from '../shared-settings.mjs';
import { countOf, factorsSentence, layerMeansSentence } from '../wording.mjs';

/**
 * @import {UpdatesWords} from '../declaration.ts'
 * @import {LayerMeans} from '../layer-means.ts'
 * @import {EdgeCounts, SpectrumCounts} from './by-layer.ts'
 * @import {declaration} from './declaration.mjs'
 */

export const words = /** @satisfies {UpdatesWords<typeof declaration.settings>} */ ({
  title: 'Diversity',
  noun: 'diversity',
  work: 'Update diversity',
  about: 'In how many directions they go',
  help: 'singular values of every update',
  empty: 'Run it to see in how many directions each layer moved.',
  needs: 'Open two checkpoints or more: an update is the difference of two.',
  settings: {
    ...COMPARISON_WORDS,
    weights: WORDS.weights,
    topk: { help: 'singular values kept of each matrix', label: 'Singular values kept' },
    mode: {
      help: 'whole spectra, or the top and a stochastic estimate of the rest',
      ...{ label: 'Spectra', names: { exact: 'Exact', fast: 'Fast' } },
      titles: {
        exact: 'All singular values of every matrix',
        fast: 'The largest ones, and an estimate of the effective rank with its error',
      },
    },
    seed: WORDS.spectraSeed,
  },

  findings: {
    factors: factorsSentence,

    /** @param {LayerMeans} means */
    means: (means) => layerMeansSentence(means, 'effective rank'),

    /**
     * "RL − IN: 12 spectra on cpu; 4 exactly zero; condition number within 1 % for 3, …".
     * @param {string} label
     * @param {SpectrumCounts} counts
     * @param {'exact' | 'fast'} mode
     */
    counts(label, { matrices, zero, conditionKnown, devices }, mode) {
      const about = [`${countOf(matrices, 'spectrum', 'spectra')} on ${devices.join(' and ')}`];
      if (zero > 0) about.push(`${zero} exactly zero`);
      const rest = matrices - zero - conditionKnown;
      if (mode === 'exact' && matrices > zero)
        about.push(
          `condition number within 1 % for ${conditionKnown}${rest > 0 ? `, beyond the arithmetic's precision for ${rest}` : ''}`,
        );
      return `${label}: ${about.join('; ')}.`;
    },

    /**
     * How many singular values are told from those of rounding.
     * @param {string} label
     * @param {EdgeCounts} counts
     * @param {readonly string[]} formats
     * @param {'exact' | 'fast'} mode where it is fast, only the largest are known
     */
    edge(label, { matrices, none, above, values }, formats, mode) {
      const found = `${mode === 'fast' ? 'at least ' : ''}${above} of ${countOf(values, 'singular value', 'singular values')}`;
      const without = none === 0 ? '' : `; none in ${none} of ${countOf(matrices, 'matrix', 'matrices')}`;
      return `${label}: ${found} lie above the edge of what rounding to ${formats.join(' and ')} alone would give${without}.`;
    },
  },
});
