import { percentText } from '../../number-text.mjs';
import { joined, listed } from '../../number-text.zh.mjs';
import { COMPARISON_WORDS } from '../shared-settings.zh.mjs';
import { counted, factorsSentence, layerMeansSentence } from '../wording.zh.mjs';

/** @import * as english from './words.mjs' */

/** @param {'relative' | 'absolute'} scale */
const norm = (scale) => (scale === 'relative' ? '‖Δ‖/‖W‖' : '‖Δ‖');

/** @type {typeof english.normName} */
export function normName(of, scale) {
  return `${norm(scale)}（${of === 'mean' ? '均值' : '整体'}）`;
}

/** @type {typeof english.words} */
export const words = {
  title: '能量',
  noun: '能量',
  work: '更新的能量',
  about: '更新有多大',
  help: '每个权重的更新有多大',
  empty: '运行后可以看到每一层移动了多远。',
  needs: '请打开两个或更多检查点：更新是两个检查点之差。',
  settings: COMPARISON_WORDS,

  findings: {
    factors: factorsSentence,

    means: (means, scale) => layerMeansSentence(means, norm(scale)),

    unchanged(label, share, whole) {
      if (share === 1)
        return whole ? `${label} 什么都没有改变。` : `${label} 在参与比较的权重中什么都没有改变。`;
      if (share === 0) return `${label} 改变了参与比较的每一个权重。`;
      return `${label} 使 ${percentText(share)} 的权重保持完全不变。`;
    },

    floor(label, { matrices, atFloor }, formats) {
      const rounding = joined('仅舍入到', listed(formats), '就会产生的量');
      const all = `${counted(matrices, '个')}经舍入存储的矩阵`;
      if (atFloor === 0) return `${label}：全部 ${all}的更新都高于${rounding}。`;
      return `${label}：${all}中，有 ${atFloor} 个的更新与${rounding}无法区分。`;
    },
  },
};
