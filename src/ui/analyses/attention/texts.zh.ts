import type { en } from './texts.ts';

export const zh: typeof en = {
  reading: '读法',
  readings: {
    mass: { name: '总量', title: '对图像的各 token 求和', axis: '对图像的注意力总量' },
    mean: { name: '均值', title: '再除以 token 数，如 Eq. 1 所写', axis: '每个图像 token 的注意力' },
  },
  shift: {
    title: (after, before) => `各层的注意力变化，${after} − ${before}`,
    description: (after, before) =>
      `逐样本比较 ${after} 比 ${before} 多给图像多少注意力：差值的均值。置信区间不含零处，两者不同。`,
    axis: (quantity, after, before) => `${quantity}，${after} − ${before}`,
    none: '无差别',
  },
  layers: {
    title: '对图像的注意力',
    description: '生成的 token 对图像 token 的注意力，对注意力头、token 和样本取均值。',
  },
  range: (paper, low, high) => `${paper}：${low} 至 ${high}`,
  paper: '论文',
  headsOf: '注意力头属于',
  heads: {
    title: (model) => `逐个注意力头的注意力总量，${model}`,
    description: '每一层每个注意力头对图像的注意力总量，对样本取均值。所有模型用同一色标。',
    axis: '注意力总量',
    rows: '注意力头',
  },
  look: {
    title: '一个 token 看向哪里',
    question: '问题',
    choose: '请选择',
    layer: '层',
    answering: '正在回答。',
    of: (model) => `${model}：注意力`,
    mass: (mass) => `总量 ${mass}`,
  },
  definition:
    '每一层中，生成的 token 对图像 token 的注意力，先对注意力头和 token、再对样本取均值（P1 Eq. 1）。总量对图像的 token 求和，与 P1 图中的尺度相符；均值再除以 token 数，即公式所写。“都读同一个回答”让每个模型都读 IN 的贪心回答，因此各模型读到的 token 相同。结束回答的 token 不会被读取，不计入。置信区间（包括差值的）为按样本 Student t，95 %；只有一个样本时没有。',
};
