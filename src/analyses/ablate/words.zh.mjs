import { LEAST } from '../../few-items.mjs';
import { percentText } from '../../number-text.mjs';
import { itemsText } from '../../number-text.zh.mjs';
import { plainNumber } from '../../plain-number.mjs';
import { WORDS } from '../shared-settings.zh.mjs';
import { differenceText, eachText, layerNames, shareText } from '../wording.zh.mjs';

/**
 * @import {ErrorRate} from '../../probes/ablation/error-rates.ts'
 * @import * as english from './words.mjs'
 */

/** @type {typeof english.words} */
export const words = {
  title: '消融',
  help: '在题目上逐层置零消融',
  samples: 'JSONL、Parquet、TSV 或 CSV：GSM8K、MATH-500、RL 数据、视觉问题',
  empty: '逐层去掉，看哪些回答需要它。',
  needs: '请加载一个模型。',
  settings: {
    samples: WORDS.samples,
    seed: WORDS.seed,
    parts: {
      help: '去掉什么：layer、attention、mlp（默认：layer）',
      ...{ label: '去掉', names: { layer: '整层', attention: '它的注意力', mlp: '它的 MLP' } },
    },
    injection: {
      help: 'DeepStack 在被去掉的层之后加入的特征：保留，或一起去掉（其他模型：保留）',
      ...WORDS.injection,
      names: { kept: '保留', removed: '与该层一起去掉' },
      titles: { kept: '在被去掉的层之后也照样加入', removed: '在被去掉的层之后什么都不加' },
    },
    layers: WORDS.layers,
    set: { help: '一起去掉的层；可重复给出' },
    system: WORDS.system,
    prefix: { help: '每个问题之前的文字' },
    maxNewTokens: WORDS.maxNewTokens,
    rows: { ...WORDS.rows, help: '同时生成的回答数，来自多道题目（默认：104，或内存能容纳的数量）' },
  },

  findings: {
    baseline: (baseline) => `不消融时错误回答占 ${wrong(baseline)}。`,

    worst(worst) {
      const [first] = worst;
      if (!first?.drop) return '';
      const names = layerNames(worst.map(({ layer }) => layer));
      const each = worst.length > 1 ? '（每次一层）' : '';
      const where = worst.length > 1 ? `去掉第 ${first.layer + 1} 层时` : '';
      return `去掉${names}${each}时错误最多：${wrong(first)}；${where}正确率变化 ${differenceText(first.drop)}。`;
    },

    forms(worst, { form: before, n }) {
      if (n < LEAST) return '';
      const each = (/** @type {'meanTokens' | 'cutOff' | 'withAnswerTag'} */ of) =>
        eachText(
          worst.map(({ form }) => form[of]),
          of === 'meanTokens' ? plainNumber : percentText,
        );
      return `去掉${layerNames(worst.map(({ layer }) => layer))}的回答平均有 ${each('meanTokens')} 个 token（不消融时 ${plainNumber(before.meanTokens)}）；被截断的占 ${each('cutOff')}（${percentText(before.cutOff)}），带答案标签的占 ${each('withAnswerTag')}（${percentText(before.withAnswerTag)}）；${itemsText(n)}。`;
    },
  },
};

/** @param {ErrorRate} rate */
function wrong({ correct, n, interval }) {
  return shareText({ hits: n - correct, n, interval });
}
