import { normName } from '../../../analyses/energy/words.zh.mjs';
import type { en } from './texts.ts';

export const zh: typeof en = {
  norm: '范数',
  norms: { relative: '相对', absolute: '绝对' },
  over: '‖Δ‖ 除以 ‖W‖',
  ranges: 'P1 给出的范围',
  cost: (checkpoints, tensors, bytes) => `${checkpoints} 个检查点 · ${tensors} 个张量 · 需读取 ${bytes}`,
  reference: '参考实现的舍入',
  axis: (of, scale) => `${normName(of, scale)}，对数`,
  layers: {
    title: '各层更新的能量',
    description: {
      relative: '更新的 Frobenius 范数除以权重的，对一层的矩阵取均值。',
      absolute: '更新的 Frobenius 范数，对一层的矩阵取均值。',
    },
    floor: '阴影线：仅舍入到存储格式就会产生的量。空心：更新与之无法区分的层。',
  },
  range: (paper, update, low, high) => `${paper}：${update} ${low} 至 ${high}`,
  paper: '论文',
  unchanged: {
    title: '保持不变的权重',
    description: '一层的权重中更新完全没有改变的占比：在 bfloat16 中，小于末位半个单位的步长会消失。',
    axis: '不变（%）',
  },
  against: '方向的参照',
  directions: {
    title: (against) => (against === null ? '更新的方向' : `更新的方向，相对 ${against}`),
    description: '两个更新的余弦，一层的所有矩阵视为一个向量：方向相同为 1，无关为 0。',
    axis: '余弦',
    pair: (one, other) => `${one}，${other}`,
  },
  components: {
    title: '各组件更新的能量',
    description: {
      relative: '更新的 Frobenius 范数除以权重的，整个模型中同类的所有矩阵视为一个向量。',
      absolute: '更新的 Frobenius 范数，整个模型中同类的所有矩阵视为一个向量。',
    },
    floor: '短线：仅舍入就会产生的量。',
  },
  name: '能量',
  definition: [
    '‖Δ‖ 是 Frobenius 范数。相对：除以 IN 的 ‖W‖ + 10⁻⁸（其他检查点除以其参照的）。一层的数值，即 ‖Δ‖/‖W‖ 的均值，是其各矩阵自身比值的均值。区间均值旁的离散程度是其各层之间的标准差（n − 1），不是测量误差。',
    '对于经舍入存储的检查点，‖Δ‖ 的下限是 √F，F = Σ step²/12，对两者的权重求和：如果舍入误差独立且在一个步长内均匀分布，这就是仅舍入会产生的量。不超过该下限 1.05 倍的更新与舍入无法区分。',
    '差恰好为零的权重算作保持不变。余弦和各组件的能量（‖Δ‖/‖W‖ 的整体值）把一组的所有矩阵视为一个向量：大的矩阵权重更大。',
  ],
};
