import type { en } from './texts.ts';

export const zh: typeof en = {
  answerTo: '回答的问题',
  title: '沿回答的散度',
  description: (id) =>
    `${id === undefined ? '一个回答' : `对 ${id} 的回答`}中每个 token 处的 KL(RL ‖ IN)，单位 nat：两个模型说法相同处为 0。`,
  axis: 'KL(RL ‖ IN)，nat',
  tokens: '回答的 token',
  token: (at, text) => `第 ${at} 个 token，“${text}”`,
  logprob: (before, after) => `ln p：IN ${before}，RL ${after}`,
  rank: (before, after) => `排名：IN ${before}，RL ${after}`,
  instead: (before, after) => `IN 会说“${before}”，RL 会说“${after}”`,
  of: (kl, before, after) => `KL ${kl}；IN“${before}”，RL“${after}”`,
  shade: '按 KL(RL ‖ IN) 着色：0 处无色，3 nat 起为全色。',
  changed: '变化最大的 token',
  image: '被提问的图像',
  columns: ['token', '问题', 'KL', 'IN 的 ln p', 'RL 的 ln p', 'IN 会说', 'RL 会说'],
  table: {
    question: '问题',
    token: 'token',
    text: '文字',
    kl: 'KL(RL ‖ IN)（nat）',
    logprob: (model) => `ln p，${model}`,
    rank: (model) => `排名，${model}`,
    entropy: (model) => `熵，${model}（nat）`,
    first: (model) => `首选，${model}`,
  },
  definition: [
    '所有模型都读同一个贪心回答（RL 的、IN 的，或列表给出的），各自用自己的对话模板提问。在回答的每个 token 处，每个模型说出自己在此会说什么：该 token 的对数概率和排名（1 为首选），以及在输出头所有行上的分布的熵。对数为自然对数。结束回答的 token 不计入。',
    'KL(RL ‖ IN) 是 RL 的分布相对 IN 的分布在一个 token 处的散度，取遍整个词表，单位 nat。它按 RL 的说法加权：两者说法相同处为 0。',
  ],
};
