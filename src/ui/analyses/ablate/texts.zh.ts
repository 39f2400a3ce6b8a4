import type { en } from './texts.ts';

export const zh: typeof en = {
  errors: {
    title: '各层消融后的错误率',
    description: '某一层不向残差流添加任何内容时，错误回答的占比。',
    axis: '错误率（%）',
  },
  lengths: {
    title: '回答的长度',
    description: '去掉一层后回答的平均 token 数，至多到回答被截断处。',
    axis: 'token 数',
  },
  model: '模型',
  part: (model, part) => `${model}，去掉${part}`,
  baseline: (model) => `${model}，不消融`,
  samples: (layer, wrong, all) => `去掉第 ${layer} 层：${all} 个中 ${wrong} 个错误`,
  columns: ['问题', '正确答案', '不消融', '去掉该层'],
  definition:
    '该层的输出就是它的输入：注意力和 MLP 添加的内容在每个位置都乘以 0。答案依次从答案标签、最后一个方框、“answer is”、最后一个数读取；文字相同、数学上相等或误差在 1 % 以内即为正确。样本由 NumPy 的 {choice} 抽取。正确率的下降按题目逐一比较（McNemar 精确检验；Newcombe 置信区间）。错误率的置信区间为 Wilson，区间均值的为按题目 bootstrap，长度的为 Student t，95 %。少于 10 道题目的点为空心；少于 4 道时不给出占比。',
};
