import { percentText } from '../../number-text.mjs';
import { worth } from '../../number-text.zh.mjs';
import { plainNumber } from '../../plain-number.mjs';
import { WORDS } from '../shared-settings.zh.mjs';
import { counted } from '../wording.zh.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.words} */
export const words = {
  title: 'Token 差异',
  help: 'Base、IN 和 RL 读同一个回答：在每个 token 处各自会说什么',
  samples: '问题：与图像放在一起的 JSONL、TSV 或 CSV，或 Parquet',
  empty: '让所有模型读同一个回答，看它们在哪些 token 上不同。',
  needs: '请加载 IN 和 RL。',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    forcedBy: {
      help: '都读谁的回答：RL 的、IN 的，或列表给出的',
      ...{ label: '读谁的回答', names: { rl: 'RL', in: 'IN', file: '列表给出的' } },
    },
    system: WORDS.system,
    maxNewTokens: WORDS.maxNewTokens,
  },

  findings: {
    concentration({ tokens, answers, mean, halfBy }) {
      const begin = `KL(RL ‖ IN) 平均每个 token ${plainNumber(mean)} nat（${counted(answers, '个回答')}的 ${counted(tokens, '个 token')}${worth(answers)}）`;
      return halfBy === null
        ? `${begin}。`
        : `${begin}；其中一半落在 ${halfBy} 个 token 上（${percentText(halfBy / tokens)}）。`;
    },

    choices({ tokens, differing, first }) {
      const begin = `${tokens} 个 token 中有 ${differing} 个，RL 的首选与 IN 的不同`;
      if (!first) return `${begin}。`;
      const { id, text, kl, before, after } = first;
      return `${begin}，相差最大的是 ${id} 的 ${quoted(text)}（${plainNumber(kl)} nat）：IN 会说 ${quoted(before)}，RL 会说 ${quoted(after)}。`;
    },
  },
};

/** @param {string} text */
function quoted(text) {
  return JSON.stringify(text.trim() || text);
}
