import { CUTS_HELP, EVALUATED_WORDS, ITEMS_HELP, METRICS_NEED } from '../shared-settings.zh.mjs';
import { beyondChanceSentence } from '../wording.zh.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.words} */
export const words = {
  title: '迁移',
  help: 'IN 与 RL 的分块合并，用 M_vis、M_v2r 和 M_rea 评测',
  samples: ITEMS_HELP,
  empty: '运行评测后显示。',
  needs: '请加载 IN 和 RL。',
  nothingToAsk: METRICS_NEED,
  settings: {
    variants: { help: '合并方式，Early:Mid:Late（默认：标准的八种，给出 Base 时也含 Base）' },
    cuts: { help: CUTS_HELP },
    reference: { help: '其他变体与之比较的变体（默认：IN）' },
    ...EVALUATED_WORDS,
  },

  findings: { beyondChance: beyondChanceSentence },
};
