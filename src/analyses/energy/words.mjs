import { percentText } from '../../number-text.mjs';
import { COMPARISON_WORDS } from '../shared-settings.mjs';
import { countOf, factorsSentence, layerMeansSentence } from '../wording.mjs';

/**
 * @import {UpdatesWords} from '../declaration.ts'
 * @import {LayerMeans} from '../layer-means.ts'
 * @import {declaration} from './declaration.mjs'
 * @import {FloorCounts} from './by-layer.ts'
 */

/** @param {'relative' | 'absolute'} scale */
const norm = (scale) => (scale === 'relative' ? '‖Δ‖/‖W‖' : '‖Δ‖');

/**
 * What norms are called wherever they stand (docs/method.md §5): "mean" of the matrices' own, "joint" of all as one vector.
 * @param {'mean' | 'joint'} of
 * @param {'relative' | 'absolute'} scale
 */
export function normName(of, scale) {
  return `${of} ${norm(scale)}`;
}

export const words = /** @satisfies {UpdatesWords<typeof declaration.settings>} */ ({
  title: 'Energy',
  noun: 'energy',
  work: 'Update energy',
  about: 'How large the updates are',
  help: 'how large the update of every weight is',
  empty: 'Run it to see how far each layer moved.',
  needs: 'Open two checkpoints or more: an update is the difference of two.',
  settings: COMPARISON_WORDS,

  findings: {
    factors: factorsSentence,

    /**
     * "RL − IN: mean ‖Δ‖/‖W‖ and its spread between layers, Early …".
     * @param {LayerMeans} means
     * @param {'relative' | 'absolute'} scale
     */
    means: (means, scale) => layerMeansSentence(means, norm(scale)),

    /**
     * The share of all elements that an update left as they were.
     * @param {string} label
     * @param {number} share
     * @param {boolean} whole whether the checkpoints share every tensor
     */
    unchanged(label, share, whole) {
      if (share === 1)
        return whole ? `${label} changes nothing at all.` : `${label} changes nothing of what was compared.`;
      if (share === 0) return `${label} changes every weight that was compared.`;
      return `${label} leaves ${percentText(share)} of the weights exactly as they were.`;
    },

    /**
     * How many updates are not told from the rounding of stored formats.
     * @param {string} label
     * @param {FloorCounts} counts
     * @param {readonly string[]} formats
     */
    floor(label, { matrices, atFloor }, formats) {
      const rounding = `what rounding to ${formats.join(' and ')} alone would give`;
      const all = countOf(matrices, 'matrix', 'matrices');
      if (atFloor === 0) return `${label}: the update of all ${all} stored rounded lies above ${rounding}.`;
      return `${label}: the update of ${atFloor} of ${all} stored rounded is not told from ${rounding}.`;
    },
  },
});
