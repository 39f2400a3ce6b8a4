import { evenDecimals } from '../../even-decimals.mjs';
import { COMPARISON_WORDS, WORDS } from '../shared-settings.mjs';
import { countOf, layerMeansSentence } from '../wording.mjs';

/**
 * @import {UpdatesWords} from '../declaration.ts'
 * @import {LayerMeans} from '../layer-means.ts'
 * @import {declaration} from './declaration.mjs'
 */

/** What is compared. */
export const SIDES = { output: 'Output directions', input: 'Input directions' };

export const words = /** @satisfies {UpdatesWords<typeof declaration.settings>} */ ({
  title: 'Overlap',
  noun: 'overlap',
  work: 'Overlap of updates',
  about: 'Whether two of them go in the same directions',
  help: 'which directions two of the updates share',
  part: 'also which directions two of the updates share',
  empty: 'Run it to see whether the two updates move along the same directions.',
  needs: 'Open two checkpoints or more: an update is the difference of two.',
  settings: {
    ...COMPARISON_WORDS,
    weights: WORDS.weights,
    pair: {
      help: 'the two updates, by their names in the result (default: the first two)',
      label: 'Updates',
    },
    directions: {
      help: 'singular directions compared of each matrix, at most',
      label: 'Directions, at most',
    },
    seed: WORDS.spectraSeed,
  },

  findings: {
    /** @param {keyof typeof SIDES} side */
    side: (side) => SIDES[side],

    /**
     * Of how many matrices nothing can be said.
     * @param {number} without
     * @param {number} matrices
     */
    without(without, matrices) {
      if (without === 0) return '';
      return without === matrices
        ? 'One of the updates is exactly zero in every matrix: nothing is shared.'
        : `In ${without} of ${countOf(matrices, 'matrix', 'matrices')} one of the updates is exactly zero: they have no overlap.`;
    },

    /**
     * How far two updates share their first k directions, each region beside what random subspaces of its layers would share.
     * @param {LayerMeans} means
     * @param {LayerMeans} chance
     * @param {number} k
     */
    shared: (means, chance, k) =>
      layerMeansSentence(means, `overlap of the first ${countOf(k, 'direction', 'directions')}`, (region) => {
        const found = chance.regions.find(({ name }) => name === region);
        return found ? `chance ${evenDecimals(chance.regions.map(({ mean }) => mean))(found.mean)}` : '';
      }),

    /** @param {number} unsettled */
    unsettled(unsettled) {
      if (unsettled === 0) return '';
      return `The last vectors of ${unsettled} had not settled: singular values lie close together there, and with them the order of directions.`;
    },
  },
});
