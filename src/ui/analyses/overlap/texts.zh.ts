import type { en } from './texts.ts';

export const zh: typeof en = {
  updates: '更新',
  pair: (one, other) => `${one} 与 ${other}`,
  twoUpdates: '两个更新',
  allMatrices: '所有矩阵',
  reference: '参考实现的舍入',
  showFirst: '显示前 k 个',
  mapsOf: '热图显示',
  sides: {
    output: {
      name: '输出方向',
      title: '左奇异向量：更新写出的内容',
      within: '输出方向',
      line: '输出',
      chance: '输出，随机水平',
    },
    input: {
      name: '输入方向',
      title: '右奇异向量：更新读入的内容',
      within: '输入方向',
      line: '输入',
      chance: '输入，随机水平',
    },
  },
  layers: {
    title: (updates) => `各层共有的方向，${updates}`,
    description: (k) =>
      `一个更新的前 ${k} 个奇异方向中，落在另一个更新的奇异方向之内的占比：子空间相同为 1。对一层的矩阵取均值；灰色为两个随机子空间共有的占比。`,
    axis: (k) => `重叠，k = ${k}`,
  },
  projections: {
    title: (sides) => `各投影矩阵共有的方向，${sides}`,
    description: (k) => `同上，按一层的每个投影矩阵分列，k = ${k}。`,
    rows: '投影矩阵',
  },
  overlap: '重叠',
  below: '下方显示',
  growth: {
    name: '随 k 的重叠',
    hint: '前 1、2、… 个方向的重叠',
    title: (sides) => `随 k 变化的共有方向，${sides}`,
    description: '前 k 个方向的重叠，k 取到所比较的最大值为止。对一层的矩阵取均值。',
    rows: 'k',
  },
  angles: {
    name: '主角',
    hint: '两个子空间之间的角',
    title: (sides) => `主角，${sides}`,
    description: (most) =>
      `两个 ${most} 维子空间之间的角，升序：共有的方向为 0°，另一个更新不使用的方向为 90°。对一层的矩阵取均值。`,
    rows: '主角',
    axis: '角（°）',
  },
  cost: (matrices, where, operations) =>
    `在 ${where} 上比较两个更新的 ${matrices} 个矩阵 · 至多 ${operations}次运算`,
  name: '重叠',
  definition:
    '两个更新的前 k 个左奇异向量（输出方向）和右奇异向量（输入方向）的 ‖U₁ᵀU₂‖²/k：子空间相同为 1，两个 n 维的随机子空间平均为 k/n。主角是 U₁ᵀU₂ 的奇异值的反余弦。向量由快速模式的迭代得出，直到 ‖A Aᵀu − σ²u‖ 低于 σ² 的 0.1 %，或深达六个块；彼此接近的奇异值，其方向没有任何方法能够区分。',
};
