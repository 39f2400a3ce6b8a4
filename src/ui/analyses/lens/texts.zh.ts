import type { en } from './texts.ts';

export const zh: typeof en = {
  readable: {
    title: '在哪里可以读出回答',
    description: '该层之后最可能的 token 已经是回答首个 token 的样本占比。',
    axis: '可读出（%）',
  },
  ranks: {
    title: '回答的排名',
    description: '每一层之后回答首个 token 的排名中位数；1 为最可能。',
    axis: '排名中位数',
  },
  samples: (model, layer, readable, all) => `${model}，第 ${layer} 层之后：${all} 个中 ${readable} 个可读出`,
  columns: ['问题', '图像', '回答的开头', '此处最可能', '回答的概率', '排名'],
  image: '被提问的图像',
  definition:
    '在每一层之后，回答首个 token 之前那个位置的隐藏状态经过最终的归一化和输出头。每个模型读自己的回答。置信区间为 Wilson，95 %，区间均值的为按样本 bootstrap。少于 10 个样本的点为空心；少于 4 个时不给出占比。',
};
