import { joined, listed } from '../../number-text.zh.mjs';
import { COMPARISON_WORDS, WORDS } from '../shared-settings.zh.mjs';
import { counted, factorsSentence, layerMeansSentence } from '../wording.zh.mjs';

/** @import * as english from './words.mjs' */

/** @type {typeof english.words} */
export const words = {
  title: '多样性',
  noun: '多样性',
  work: '更新的多样性',
  about: '更新朝多少个方向',
  help: '每个更新的奇异值',
  empty: '运行后可以看到每一层朝多少个方向移动。',
  needs: '请打开两个或更多检查点：更新是两个检查点之差。',
  settings: {
    ...COMPARISON_WORDS,
    weights: WORDS.weights,
    topk: { help: '每个矩阵保留的奇异值个数', label: '保留的奇异值个数' },
    mode: {
      help: '完整的谱，或最大的部分加上对其余部分的随机估计',
      ...{ label: '谱', names: { exact: '精确', fast: '快速' } },
      titles: { exact: '每个矩阵的全部奇异值', fast: '最大的奇异值，以及有效秩的估计及其误差' },
    },
    seed: WORDS.spectraSeed,
  },

  findings: {
    factors: factorsSentence,

    means: (means) => layerMeansSentence(means, '有效秩'),

    counts(label, { matrices, zero, conditionKnown, devices }, mode) {
      const about = [`${counted(matrices, '个谱')}，计算于 ${listed(devices)}`];
      if (zero > 0) about.push(`${zero} 个恰好为零`);
      const rest = matrices - zero - conditionKnown;
      if (mode === 'exact' && matrices > zero)
        about.push(
          `条件数在 1 % 以内的有 ${conditionKnown} 个${rest > 0 ? `，超出运算精度的有 ${rest} 个` : ''}`,
        );
      return `${label}：${about.join('；')}。`;
    },

    edge(label, { matrices, none, above, values }, formats, mode) {
      const found = `${counted(values, '个奇异值')}中${mode === 'fast' ? '至少' : '有'} ${above} 个`;
      const without = none === 0 ? '' : `；${counted(matrices, '个矩阵')}中有 ${none} 个一个也没有`;
      return `${label}：${found}高于${joined('仅舍入到', listed(formats), '就会产生的边界')}${without}。`;
    },
  },
};
