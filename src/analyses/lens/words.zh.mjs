import { itemsText } from '../../number-text.zh.mjs';
import { WORDS } from '../shared-settings.zh.mjs';
import { shareText } from '../wording.zh.mjs';
import { readableFrom } from './words.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.words} */
export const words = {
  title: 'Logit lens',
  help: '在哪一层之后可以读出回答',
  samples: '视觉问题：与图像放在一起的 JSONL、TSV 或 CSV，或 Parquet',
  empty: '在每一层之后读出回答，看它何时出现。',
  needs: '请加载一个模型。',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    topk: { help: '每一层之后保留多少个最可能的 token', label: '每层之后的 token 数' },
    system: WORDS.system,
    maxNewTokens: WORDS.maxNewTokens,
  },

  findings: {
    readable({ name, depths, n }) {
      const first = readableFrom(depths);
      if (!first) return `${name}：在任何一层都读不出超过一半的回答（${itemsText(n)}）。`;
      const where = first.depth === 0 ? '从嵌入起' : `在第 ${first.depth} 层之后`;
      return `${name}：${where}可以读出超过一半的回答：${shareText({ ...first, hits: first.first, n })}。`;
    },
  },
};
