import type { en } from './texts.ts';

export const zh: typeof en = {
  spectraOf: '谱属于',
  as: '显示为',
  views: { map: '热图', surface: '曲面' },
  modes: { exact: '精确', fast: '快速：秩为估计值' },
  allMatrices: '所有矩阵',
  reference: '参考实现的舍入',
  rows: '序号 i',
  map: {
    title: (update) => `更新的谱，${update}`,
    description:
      '每一层中各奇异值除以最大奇异值的自然对数。沿序号缓慢下降表示更新朝许多方向。所有更新用同一色标。',
    hint: '选择一层，在下方画出它的谱。',
  },
  surface: {
    title: (update) => `以曲面表示的更新的谱，${update}`,
    description: '各奇异值除以最大奇异值的自然对数，按层和序号排列。所有更新用同一尺度。',
  },
  effective: {
    title: '各层的有效秩',
    description: '奇异值的熵的指数：更新分布在多少个方向上。对一层的矩阵取均值。',
    axis: '有效秩',
  },
  stable: {
    title: '各层的稳定秩',
    description: 'Frobenius 范数的平方除以最大奇异值的平方；更新只朝一个方向时为 1。',
    axis: '稳定秩',
  },
  above: {
    title: '可与舍入区分的奇异值',
    description: (kept) =>
      `一个矩阵有多少个奇异值高于仅舍入到存储格式就会产生的边界，对一层的矩阵取均值${kept ? '；只计保留的奇异值' : ''}。`,
    axis: '高于边界的 σᵢ',
  },
  chosen: {
    title: '所选各层的谱',
    description: '各奇异值除以最大奇异值，按序号排列。层越深，颜色越深。',
    dashed: (update) => `虚线：${update}。`,
    dotted: '点线：仅舍入产生的奇异值到此为止。',
    hint: '在热图上选择层。',
    hintBoth: '在热图上选择层，在其上方选择更新。',
    layer: (layer) => `第 ${layer} 层`,
    line: (update, layer) => `${update}，${layer}`,
  },
  cost: (spectra, exact, where, operations) =>
    `在 ${where} 上计算 ${spectra} 个${exact ? '精确的' : '估计的'}谱 · 约 ${operations}次运算 · 最初几个完成后给出所需时间`,
  name: '多样性',
  definition: [
    '每个更新的奇异值 σ₁ ≥ σ₂ ≥ …（第一维之后的各维展平）。有效秩为 exp(−Σ p ln p)，其中 p = σ/Σσ，取 σ > 10⁻¹²；稳定秩为 ‖Δ‖²/(σ₁² + 10⁻¹²)；对数体积为保留的奇异值的 Σ ln(σᵢ + 10⁻¹²)；条件数 σ₁/(σ_min + 10⁻¹²) 在运算精度不足以确定到 1 % 以内时作标记。热图的对数为自然对数；论文没有说明其底。恰好为零的更新既没有秩也没有谱：一层的数值是其中改变了的矩阵的均值，一个都没有改变时，线在此断开。',
    '对于经舍入存储的检查点，边界约为仅舍入就会产生的最大奇异值：σ(√m + √n)，σ² 为 m × n 矩阵中舍入误差的方差，步长不同时逐行计算。不超过边界 1.05 倍的奇异值与舍入无法区分。',
    '精确模式计算全部奇异值：GPU 上用 float32 正交约化，CPU 上用 float64。快速模式由与矩阵的乘积计算最大的奇异值（它们是下界），并用随机 Lanczos 求积估计核范数和有效秩，给出其随机向量上的标准误；色带为其 ± 1.96 倍。条件数不作估计。',
  ],
};
