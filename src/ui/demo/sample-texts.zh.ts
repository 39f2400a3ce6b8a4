import type { en } from './sample-texts.ts';

export const zh: typeof en = {
  title: '样本',
  set: '集合',
  sets: {
    pairs: { name: '样本对', title: '同一提示词下的两张图片，用于 token 替换' },
    'minimal-pairs': { name: '最小样本对', title: '只有一处不同的样本对' },
    'general-vqa': { name: '一般问题', title: '只需看图即可回答' },
    'math-targeted-vqa': { name: '数学问题', title: '需要看图并计算' },
    problems: { name: '文字题', title: '只有文字' },
    puzzles: { name: '谜题', title: '八类，带状态和验证器' },
  },
  from: '来源',
  origins: {
    committed: { name: '随库提供', title: '研究所用的样本；未用于训练' },
    drawn: { name: '在此抽取', title: '由同一生成器新抽取；未用于训练' },
  },
  seed: '种子',
  nextSeed: '下一个种子',
  family: '类别',
  all: '全部',
  tryAgain: '重试',
  count: (n) => `${n} 个样本`,
  fetching: (n) => (n > 0 ? `正在获取，已有 ${n} 个` : '正在获取'),

  sample: '样本',
  level: (level) => `难度 ${level}`,
  target: '目标图片',
  source: '来源图片',
  picture: '图片',
  ask: '提问',
  askSource: '对来源图片提问',
  answer: '答案',
  description: '描述',
  rationale: '一种解法',
};
