/** What claims say, in Chinese. */
import { TASK_NAMES } from '../analyses/swap/words.zh.mjs';
import { INTERVAL_KINDS, itemsText, joined, listed, spanText } from '../number-text.zh.mjs';
import type { ClaimWords } from './words.ts';

const SINGLE = '逐层替换，28 层模型';

export const words: ClaimWords = {
  claims: {
    'energy-smaller': {
      where: '图 5',
      says: 'RL 对权重的改变远小于它之前的监督冷启动。',
    },
    'energy-later': {
      where: '摘要；图 5',
      says: 'RL 的改变主要位于中间层和靠后的层。',
    },
    'diversity-differs': {
      where: '图 6',
      says: '在整个模型中，RL 更新的奇异值谱与冷启动更新的形状不同。',
      note: '该图给出了两个曲面，但没有说明二者如何不同。',
    },
    'attention-more': {
      where: '式 1',
      says: '经过 RL 之后，模型写出的内容在中间层和靠后的层更多地关注图像。',
    },
    'attention-later': {
      where: '摘要；式 1',
      says: 'RL 主要在中间层和靠后的层把注意力移向图像，在靠前的层则较少。',
    },
    'recognition-layers': {
      where: SINGLE,
      says: '物体是什么，是在最前面的层从图像中读出的（28 层中的第 0 至 10 层）。',
    },
    'counting-layers': {
      where: SINGLE,
      says: '数量是在中间从图像中读出的（28 层中的第 12 层）。',
    },
    'grounding-layers': {
      where: SINGLE,
      says: '位置是在前三分之一之后从图像中读出的（28 层中的第 18 层）。',
    },
    'ocr-layers': {
      where: SINGLE,
      says: '文字是在靠后的层从图像中读出的（28 层中的第 22 层）。',
    },
    'reasoning-later': {
      where: '功能定位，零消融',
      says: '推理在中间层和靠后的层进行：去掉其中一层，比去掉一个靠前的层答错更多。',
      note: '论文摘要说的是 RL 的改变位于这些层；推理也位于这些层，是我们对其逐层探测的解读。',
    },
    'rl-vision': {
      where: '摘要；表 2',
      says: 'RL 并没有让模型全面地看得更好。',
      note: '“没有提升”无法被证明；只有下降才支持此论断。',
    },
    'rl-alignment': { where: '摘要；表 2', says: 'RL 提升了从所见内容出发的推理。' },
    'rl-reasoning': { where: '摘要；表 2', says: 'RL 提升了推理。' },
    'transfer-alignment': {
      where: '表 2',
      says: '把 RL 的中间层和靠后的层放进 IN，从所见内容出发的推理会有提升。',
    },
    'transfer-reasoning': {
      where: '表 2',
      says: '把 RL 的中间层和靠后的层放进 IN，推理会有提升。',
    },
    'frozen-mid': { where: '表 3', says: '若不训练中间层，RL 在推理上的提升较小。' },
    'frozen-late': {
      where: '表 3',
      says: '若不训练靠后的层，RL 会失去在推理上的提升。',
      note: '在论文自己的表 3 中，RL 与冻结 Late 的 RL 都是 100 题中答对 34 题。',
    },
    'perception-gap': {
      where: '图像形式与文字形式的正确率',
      says: '失败在于“看”：同样的谜题用文字表述时，解出的更多。',
    },
    'puzzles-in-domain': {
      where: '第 1 版，摘要；各奖励的正确率',
      says: '针对谜题的 RL 在其训练过的谜题类型上答对更多。',
    },
    'puzzles-out-of-domain': {
      where: '第 1 版，摘要；各奖励的正确率',
      says: '针对谜题的 RL 在其未训练过的谜题类型上也答对更多。',
      note: '论文第 1 版如此说；其后来的摘要则说这种迁移是以域内正确率为代价的。',
    },
  },

  tasks: TASK_NAMES,
  regions: listed,

  needs: {
    energy: 'Base、IN 和 RL 的更新能量，RL 与 IN 比较。',
    diversity: 'Base、IN 和 RL 的更新多样性，RL 与 IN 比较。',
    attention: 'IN 和 RL 在图像问题上的注意力。',
    swap: (task) => joined('在', task, '样本对上逐层替换视觉 token。'),
    ablate: '逐层的整层零消融。',
    metric: (variant, metric) => `${variant} 和 IN 的 ${metric}。`,
    frozen: (region) => `RL 和一个冻结 ${region}（名称中含“${region.toLowerCase()}”）的训练结果的 M_rea。`,
    gap: '任意模型对图像形式和文字形式谜题的回答。',
    domain: (domain) => `IN 和 RL 对标记为 ${domain} 的图像形式谜题的回答。`,
  },

  rules: {
    smaller:
      '若在语言模型的每一层，RL − IN 的平均 ‖Δ‖/‖W‖ 都不超过 IN − Base 的十分之一，则为支持；若没有一层如此，则为不支持；否则为未定。以十分之一作为“远小于”是我们的解读。',
    later:
      '若 RL − IN 的平均 ‖Δ‖/‖W‖ ± 层间标准差在 Mid 与 Late 合起来高于 Early，则为支持；低于 Early，则为不支持；二者重叠，则为未定。± 是层间的离散程度，不是置信区间。',
    differs:
      '若在语言模型的每一层，RL − IN 的平均有效秩都位于 IN − Base 的同一侧，则为支持；若在任何一侧都不足四分之三的层，则为不支持；否则为未定。在快速模式下，两个估计值的 95 % 置信区间互不重叠的层才计入。',
    gap: '若每个模型“文字形式答对减图像形式答对”的 95 % 置信区间都在 0 以上，则为支持；都在 0 以下，则为不支持；否则为未定。',
    side: (of, side) =>
      side === 'above'
        ? joined('若', of, '的 95 % 置信区间在 0 以上，则为支持；在 0 以下，则为不支持；包含 0，则为未定。')
        : joined('若', of, '的 95 % 置信区间在 0 以下，则为支持；在 0 以上，则为不支持；包含 0，则为未定。'),
    of: {
      attention: '逐样本在 Mid 和 Late 上 RL 与 IN 注意力质量之差',
      shift: '逐样本 RL − IN 在 Mid 和 Late 上与在 Early 上之差',
      swap: (here, there) => `逐样本对替换 ${here} 的一层与替换 ${there} 的一层所改变的回答之差`,
      ablate: '逐题去掉 Mid 或 Late 的一层与去掉 Early 的一层所答错之差',
      metric: (metric, variant) => `逐题 ${variant} 与 IN 的 ${metric} 之差`,
      frozen: (region) => `逐题冻结 ${region} 的训练结果与 RL 的 M_rea 之差`,
      domain: (domain) => `逐题 RL 与 IN 图像形式答对之差（${domain}）`,
    },
  },

  missing: {
    energy: '此研究没有测量更新能量。',
    energyOfBoth: '没有同时测量 IN − Base 和 RL − IN 的更新能量。',
    zero: 'IN − Base 在某一层恰好为零。',
    diversity: '此研究没有测量更新多样性。',
    diversityOfBoth: '没有同时测量 IN − Base 和 RL − IN 的有效秩。',
    attention: '此研究没有测量注意力。',
    attentionOfBoth: '没有同时测量 IN 和 RL 的注意力。',
    tokens: '没有一个样本使两个模型都有可供观察的 token。',
    swap: '此研究没有运行视觉 token 替换。',
    single: '各层是与其后所有层一起替换的，而不是单独替换。',
    pairs: (task) => joined('没有询问', task, '样本对。'),
    ablate: '此研究没有运行零消融。',
    whole: '只去掉了注意力或 MLP，没有去掉整层。',
    probed: (here, there) => `没有同时探测 ${here} 和 ${there} 的层。`,
    layers: '模型不足三层：无法分成三份。',
    transfer: '此研究没有运行合并模型的评测。',
    necessity: '此研究没有评测冻结的训练结果。',
    gap: '此研究没有询问谜题。',
    frozen: (region) => `没有评测冻结 ${region} 的训练结果。`,
    metric: (variant, metric) => `没有向 ${variant} 询问 ${metric} 的问题。`,
    domain: (domain) => `没有一道标记为 ${domain} 的谜题同时得到 IN 和 RL 的回答。`,
    both: '没有一道谜题同时以图像形式和文字形式得到回答。',
    few: (variant, n) => `${variant}：${itemsText(n)}。`,
    graded: '研究保存了回答，但没有保存哪些回答正确：命令 `study` 在运行时评判此论断。',
  },

  what: {
    attention: '在 Mid 和 Late 上对图像的注意力质量，RL − IN',
    shift: '注意力质量的 RL − IN：Mid 和 Late 减去 Early',
    swap: (model, task, here, there) =>
      `${model}，${task}：替换 ${here} 的一层所改变的回答，减去替换 ${there} 的一层所改变的回答`,
    ablate: (model) => `${model}：去掉 Mid 或 Late 的一层所答错的，减去去掉 Early 的一层所答错的`,
    metric: (metric, after, before) => `${metric}，${after} − ${before}`,
    domain: (domain) => `图像形式答对，RL − IN，${domain}`,
    gap: (variant) => `${variant}，文字形式答对 − 图像形式答对`,
  },

  found: {
    value: (number, inPoints) => `${number}${inPoints ? ' 个百分点' : ''}`,
    few: (what, n) => `${what}：${itemsText(n)}。`,
    bare: (what, value, n) => `${what}：${value}，没有置信区间（n = ${n}）。`,
    within: (what, value, kind, interval, form, n) =>
      `${what}：${value}（${INTERVAL_KINDS[kind]}：${spanText(interval, form)}，${itemsText(n)}）。`,
    smaller: (least, most, far, layers, rounded) =>
      `RL − IN 的平均 ‖Δ‖/‖W‖ 是 IN − Base 的 ${least === most ? least : `${least} 至 ${most}`}，在 ${layers} 层中的 ${far} 层不超过十分之一；由全部权重算出，因此没有置信区间。${
        rounded > 0 ? `在 ${rounded} 层中，RL − IN 与舍入误差无法区分。` : ''
      }`,
    later: (rest, restLayers, early, earlyLayers) =>
      `RL − IN 的平均 ‖Δ‖/‖W‖ 在 Mid 和 Late（${restLayers} 层）为 ${rest}，在 Early（${earlyLayers} 层）为 ${early}；± 为层间标准差，没有置信区间。`,
    differs: (lower, higher, layers, after, before) =>
      `RL − IN 的有效秩在 ${layers} 层中的 ${lower} 层低于 IN − Base，在 ${higher} 层高于它：平均 ${after} 对 ${before}；± 为层间标准差，没有置信区间。`,
    all: (sentences) => sentences.join(''),
  },
};
