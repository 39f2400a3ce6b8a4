import { itemsText } from '../../few-items.mjs';
import { WORDS } from '../shared-settings.mjs';
import { shareText } from '../wording.mjs';

/**
 * @import {Words} from '../declaration.ts'
 * @import {ModelDepths} from '../../probes/lens/depths.ts'
 * @import {declaration} from './declaration.mjs'
 */

export const words = /** @satisfies {Words<typeof declaration.settings>} */ ({
  title: 'Logit lens',
  help: 'after which layer the answer can be read out',
  samples: 'visual questions: JSONL, TSV or CSV beside the images, or Parquet',
  empty: 'Read the answer out after every layer to see when it appears.',
  needs: 'Load a model.',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    topk: {
      help: 'how many of the likeliest tokens are kept after each layer',
      label: 'Tokens after each layer',
    },
    system: WORDS.system,
    maxNewTokens: WORDS.maxNewTokens,
  },

  findings: {
    /**
     * The first depth from which most answers can be read.
     * @param {ModelDepths} model
     */
    readable({ name, depths, n }) {
      const first = readableFrom(depths);
      if (!first) return `${name}: at no layer can more than half of the answers be read (${itemsText(n)}).`;
      const where = first.depth === 0 ? 'from the embedding on' : `after layer ${first.depth}`;
      return `${name}: more than half of the answers can be read ${where}: ${shareText({ ...first, hits: first.first, n })}.`;
    },
  },
});

/**
 * The depth from which on most answers can be read.
 * @param {ModelDepths['depths']} depths
 */
export function readableFrom(depths) {
  return depths.find((_, at) => depths.slice(at).every(({ readable }) => readable > 0.5));
}
