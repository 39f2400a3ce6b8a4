import type { en } from './finding-texts.ts';

export const zh: typeof en = {
  where: '{carried}。更多内容：{localize}、{characterize}',
  run: '在这里运行',
  title: (before, after) => `各层的注意力差异，${after} − ${before}`,
  description: (before, after) =>
    `${after} 对图像的注意力比 ${before} 多多少，逐个样本相减后取平均。置信区间不含零之处，两者有差异。`,
  axis: (before, after) => `对图像的注意力总量，${after} − ${before}`,
  none: '无差异',
  samples: (n) => `${n} 个样本`,
};
