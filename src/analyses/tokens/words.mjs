import { worth } from '../../few-items.mjs';
import { percentText } from '../../number-text.mjs';
import { plainNumber } from '../../plain-number.mjs';
import { WORDS } from '../shared-settings.mjs';
import { countOf } from '../wording.mjs';

/**
 * @import {Words} from '../declaration.ts'
 * @import {Choices, Concentration} from './summary.ts'
 * @import {declaration} from './declaration.mjs'
 */

export const words = /** @satisfies {Words<typeof declaration.settings>} */ ({
  title: 'Token difference',
  help: 'one answer read by Base, IN and RL: what each would have said at every token',
  samples: 'questions: JSONL, TSV or CSV beside the images, or Parquet',
  empty: 'Read one answer by all models to see at which tokens they differ.',
  needs: 'Load IN and RL.',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    forcedBy: {
      help: "whose answer all read: RL's, IN's, or the one that the list states",
      ...{ label: 'Read the answer of', names: { rl: 'RL', in: 'IN', file: 'the list' } },
    },
    system: WORDS.system,
    maxNewTokens: WORDS.maxNewTokens,
  },

  findings: {
    /**
     * How many tokens carry half of the divergence.
     * @param {Concentration} found
     */
    concentration({ tokens, answers, mean, halfBy }) {
      const begin = `KL(RL ‖ IN) is ${plainNumber(mean)} nats a token on average (${countOf(tokens, 'token', 'tokens')} of ${countOf(answers, 'answer', 'answers')}${worth(answers)})`;
      return halfBy === null
        ? `${begin}.`
        : `${begin}; half of it lies on ${halfBy} of them (${percentText(halfBy / tokens)}).`;
    },

    /**
     * At how many tokens the likeliest one is another, and the first of these by divergence.
     * @param {Choices} found
     */
    choices({ tokens, differing, first }) {
      const begin = `RL's first choice is not IN's at ${differing} of ${tokens} tokens`;
      if (!first) return `${begin}.`;
      const { id, text, kl, before, after } = first;
      return `${begin}, most at ${quoted(text)} of ${id} (${plainNumber(kl)} nats): IN would have said ${quoted(before)}, RL ${quoted(after)}.`;
    },
  },
});

/**
 * A token without the blanks around it; of blanks alone these.
 * @param {string} text
 */
function quoted(text) {
  return JSON.stringify(text.trim() || text);
}
