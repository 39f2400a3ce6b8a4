import { CUTS_HELP, EVALUATED_WORDS, ITEMS_HELP, METRICS_NEED } from '../shared-settings.zh.mjs';
import { listed } from '../../number-text.zh.mjs';
import { beyondChanceSentence, comparisonText } from '../wording.zh.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.words} */
export const words = {
  title: '必要性',
  help: '冻结了某个区间的训练：同样的指标，以及该区间是否未被改动',
  samples: ITEMS_HELP,
  empty: '运行评测后显示。',
  needs: '请加载 IN，以及 RL 或冻结了某个区间的训练结果。',
  nothingToAsk: METRICS_NEED,
  models: { frozen: '冻结了某个区间的 RL' },
  settings: { cuts: { help: CUTS_HELP }, ...EVALUATED_WORDS },

  findings: {
    beyondChance: beyondChanceSentence,

    compared: (name, { metric, against }, reference) =>
      against ? `${name}，${metric}：${comparisonText(against, reference)}。` : '',

    undecided: (name, { metric, undecided, n }) =>
      `${name}，${metric}：${undecided} 个未能及时判定（n = ${n}）。`,

    untouched: (name, places) =>
      `${name}：${places.length === 0 ? '没有未被改动的区间' : `未被改动：${listed(places)}`}。`,
  },
};
