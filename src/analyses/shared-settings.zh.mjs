/** What is said of settings that several analyses have, in Chinese. */

/** @import * as english from './shared-settings.mjs' */

/** @type {typeof english.COMPARISON_WORDS} */
export const COMPARISON_WORDS = {
  reference: { help: '其他检查点与谁比较（默认：in）', label: '其他检查点的参照' },
  rlFrom: {
    help: 'RL − IN，或 RL − Base',
    ...{ label: 'RL 的更新', names: { in: 'RL − IN', base: 'RL − Base' } },
  },
  rounding: {
    help: '用 float32 对存储的数值相减，或像参考实现那样先转成 float16 再相减',
    ...{ label: '相减', names: { stored: '存储的数值', reference: '参考实现的舍入' } },
    titles: {
      stored: '按存储的数值，用 float32 相减',
      reference: '与参考实现相同：两者都转成 float16，再相减',
    },
  },
  outside: {
    help: '也包括不属于任何层、参考实现略去的权重：嵌入、独立的输出头、图像块嵌入',
    label: '也包括不属于任何层的权重',
    title: '嵌入、独立的输出头、图像块嵌入：参考实现略去它们',
  },
};

/** @type {typeof english.EVALUATED_WORDS} */
export const EVALUATED_WORDS = {
  samples: { help: '每个集合取多少样本（默认：全部）', label: '每个集合的样本数' },
  seed: { help: '选取样本的种子', label: '种子' },
  style: {
    help: '提问方式，对每个模型都相同（默认：demo:NAME 用 demo，其他用 reasoner）',
    label: '提示词风格',
  },
  maxNewTokens: { help: '回答在何处截断（默认：2048；demo 为 160）', label: '新 token 数' },
};

export const CUTS_HELP = 'Early 和 Mid 的最后一层（默认：三等分）';

export const METRICS_NEED =
  'M_vis 问 general-vqa 类的图片，M_v2r 问 math-targeted-vqa 类的图片，M_rea 问没有图片的问题：请加上 category 列，或指明你的列名（--columns category=…）';

export const ITEMS_HELP = '问题（JSONL、Parquet、TSV、CSV）及其图片的文件夹，或单个列表（默认：应用自带的）';

/** @type {typeof english.WORDS} */
export const WORDS = {
  maxNewTokens: { help: '回答在何处截断', label: '新 token 上限' },
  samples: { help: '取多少样本（默认：全部）', label: '样本数', open: '全部' },
  seed: { help: '选取样本的种子', label: '选取样本的种子' },
  system: { help: '系统提示词（默认：对话模板自带的）' },
  injection: { label: '注入的图像特征（DeepStack）' },
  rows: {
    help: '同时生成的回答数，来自多个样本（默认：104，或内存能容纳的数量）',
    label: '同时生成的回答数',
    open: '至多 104',
  },
  layers: { help: 'LLM 的层，从 0 计（默认：全部）' },
  weights: { help: '权重名称的一部分，如 down_proj（默认：所有矩阵）', label: '权重' },
  spectraSeed: { help: '所有随机选择的种子', label: '种子' },
};
