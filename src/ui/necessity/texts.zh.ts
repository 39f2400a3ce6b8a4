import type { en } from './texts.ts';

/** Of `freezeConfigs`. */
const NOTES: Readonly<Record<string, string>> = {
  'For swift rlhf --rlhf_type grpo. Newer versions call --train_type --tuner_type.':
    '用于 swift rlhf --rlhf_type grpo。较新的版本把 --train_type 改名为 --tuner_type。',
  'Patterns of all spellings are listed; those that match no parameter do nothing.':
    '列出了所有写法的模式；与任何参数都不匹配的模式不起作用。',
  'It has PPO, DPO and KTO, and no GRPO.': '它有 PPO、DPO 和 KTO，没有 GRPO。',
  'It has PPO, DPO and KTO, and no GRPO. Vision blocks of the same numbers as trained layers are trained, others not.':
    '它有 PPO、DPO 和 KTO，没有 GRPO。与受训练的层编号相同的视觉块会被训练，其余不会。',
  'Before the trainer, and so the optimizer, is made: otherwise weight decay still moves frozen weights. FSDP (verl) needs use_orig_params=True.':
    '须在创建训练器（从而创建优化器）之前执行，否则权重衰减仍会改变冻结的权重。FSDP（verl）需要 use_orig_params=True。',
  'it cannot freeze every layer': '它不能冻结所有层',
  'it trains the first n or the last n layers; a region between trained ones cannot be frozen':
    '它只训练最前或最后 n 层，不能冻结夹在受训练层之间的区间',
};

export const zh: typeof en = {
  waiting: (models) => `已打开但未加载，因此不会被提问：${models.join('、')}。`,
  loadThem: '加载它们',
  chart: '冻结一个区间的各次训练的三项指标',
  published: {
    title: '论文中的表格',
    note: (citation, faults) => `${citation}：Qwen2.5-VL-3B，论文未给出区间。${faults}`,
  },
  check: {
    title: '冻结的区间是否未变？更新去了哪里？',
    needs: '打开 IN 和至少一个训练结果，然后测量它们的更新。',
    measure: '测量更新',
    update: '相对 IN 的更新',
    region: '区间',
    unchanged: '未变的元素',
    norm: (norm) => `${norm}，区间视为一个向量`,
    share: '占 Σ δ² 的比例',
    against: '相对 RL（百分点）',
    all: '全部',
    places: { early: 'Early', middle: 'Mid', late: 'Late', outside: '各区间之外' },
    partly: '尚未读完所有权重：以下只涉及已读取的部分。',
  },
  settings: {
    title: '在你自己的训练中冻结一个区间',
    frozen: '冻结',
    vision: '视觉塔与投影器',
    visions: { frozen: '冻结', trained: '训练' },
    regions: '区间按层条上的切分。模式同时匹配 transformers 4.52 前后的两种参数名写法。',
    impossible: (reason) => `无法做到：${reason}。`,
    note: (note) => NOTES[note] ?? note,
  },
  definition: {
    necessity: '必要性',
    necessityText:
      '如果不允许某个区间改变时，RL 达不到某项提升，则该区间对这项提升是必要的。将冻结 Early、Mid 或 Late 的各次训练与 IN、RL 在 M_vis、M_v2r 和 M_rea 上比较；指标的定义与“迁移”页相同，问题和措辞也相同。区间为 95 % 的 Wilson 区间；与 IN 的差异按配对比较，采用 McNemar 精确检验，并按 Holm 方法在同一指标的各次训练间校正。',
    check: '检查',
    checkText:
      '冻结区间相对 IN 的更新必须恰好为零：逐一比较每个权重中存储的每个元素。归一化权重不计入能量，因此也不在此检查之内。占比表示更新的能量 Σ δ² 有多少落在各区间，也就是更新转移到了哪里。',
    limits: '不能说明什么',
    limitsText:
      '每种训练只有一次，无法说明换用其他种子时各次训练之间的差异。在论文的表 3 中，冻结 Late 的 M_rea 与 RL 相同，因此该表并不支持“冻结 Late 会使提升消失”。',
  },
};
