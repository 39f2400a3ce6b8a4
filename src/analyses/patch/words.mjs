import { WORDS } from '../shared-settings.mjs';
import { shareText } from '../wording.mjs';

/**
 * @import {Words} from '../declaration.ts'
 * @import {PatchDepth} from '../../probes/patching/agreement.ts'
 * @import {declaration} from './declaration.mjs'
 */

export const words = /** @satisfies {Words<typeof declaration.settings>} */ ({
  title: 'Patching',
  help: 'hidden states of one model put into the other, after each layer: whose answer comes out',
  samples: 'visual questions: JSONL, TSV or CSV beside the images, or Parquet',
  empty: 'Put one model’s hidden states into the other, after each layer.',
  needs: 'Load IN and RL.',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    from: { help: 'whose states are handed over', label: 'States of', names: { in: 'IN', rl: 'RL' } },
    layers: { help: 'after which LLM layers, from 0 (default: the embeddings, and each)' },
    system: WORDS.system,
    maxNewTokens: WORDS.maxNewTokens,
    rows: WORDS.rows,
  },

  findings: {
    /**
     * From which depth the recipient answers like the donor.
     * @param {{donor: string, recipient: string, asked: number, differing: number, depths: readonly PatchDepth[]}} found
     */
    follows({ donor, recipient, asked, differing, depths }) {
      if (differing === 0)
        return `${donor} and ${recipient} answer ${asked === 1 ? 'the one question' : `all ${asked} questions`} alike.`;
      const majority = followedFrom(depths);
      const begin = `${donor} and ${recipient} differ on ${differing} of ${asked} questions.`;
      if (!majority) return `${begin} At no depth do most of them follow ${donor}.`;
      const where = majority.depth === 0 ? 'the embeddings' : `layers 1 to ${majority.depth}`;
      return `${begin} With ${where} of ${donor}, most of them follow ${donor}: ${shareText({ ...majority, hits: majority.asDonor })}.`;
    },
  },
});

/**
 * The depth from which on most questions are answered as by the donor.
 * @param {readonly PatchDepth[]} depths
 */
export function followedFrom(depths) {
  return depths.find((_, at) => depths.slice(at).every(({ asDonor, n }) => asDonor * 2 > n));
}
