import { evenDecimals } from '../../even-decimals.mjs';
import { COMPARISON_WORDS, WORDS } from '../shared-settings.zh.mjs';
import { counted, layerMeansSentence } from '../wording.zh.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.SIDES} */
export const SIDES = { output: '输出方向', input: '输入方向' };

/** @type {typeof english.words} */
export const words = {
  title: '重叠',
  noun: '重叠',
  work: '更新的重叠',
  about: '两个更新是否朝相同的方向',
  help: '两个更新共有哪些方向',
  part: '也计算两个更新共有哪些方向',
  empty: '运行后可以看到两个更新是否沿相同的方向移动。',
  needs: '请打开两个或更多检查点：更新是两个检查点之差。',
  settings: {
    ...COMPARISON_WORDS,
    weights: WORDS.weights,
    pair: { help: '两个更新，用结果中的名称（默认：前两个）', label: '更新' },
    directions: { help: '每个矩阵至多比较的奇异方向数', label: '方向数上限' },
    seed: WORDS.spectraSeed,
  },

  findings: {
    side: (side) => SIDES[side],

    without(without, matrices) {
      if (without === 0) return '';
      return without === matrices
        ? '其中一个更新在每个矩阵中都恰好为零：没有共有的方向。'
        : `${counted(matrices, '个矩阵')}中有 ${without} 个，其中一个更新恰好为零：没有重叠可言。`;
    },

    shared: (means, chance, k) =>
      layerMeansSentence(means, `前 ${counted(k, '个方向')}的重叠`, (region) => {
        const found = chance.regions.find(({ name }) => name === region);
        return found ? `随机水平 ${evenDecimals(chance.regions.map(({ mean }) => mean))(found.mean)}` : '';
      }),

    unsettled(unsettled) {
      if (unsettled === 0) return '';
      return `有 ${unsettled} 个矩阵的最后几个向量尚未稳定：那里的奇异值彼此接近，方向的次序也因此难以确定。`;
    },
  },
};
