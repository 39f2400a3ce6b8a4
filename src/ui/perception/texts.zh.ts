import type { en } from './texts.ts';

const PER_WORDS = '每 100 个思考词';
const INTERVALS = { bootstrap: '对样本做 bootstrap，95 %，种子 0', student: '对样本用 Student t，95 %' };

export const zh: typeof en = {
  ask: '提问',
  chart: {
    title: '同样的谜题，以图像和以文本提问',
    description: '看图答题和读文本答题的正确占比，以及两者之差：“看”的代价。',
    hint: '选一个数值，查看它的谜题。',
    unit: '道谜题',
    byImage: '看图答对 (%)',
    byText: '读文本答对 (%)',
    gap: '文本 − 图像（百分点）',
    all: '全部',
    allOf: (domain) => `全部 ${domain}`,
    paired: (gained, lost, tests) => `仅读文本答对 ${gained}，仅看图答对 ${lost}；${tests}`,
  },
  samples: (row, differing, all) => `${row}：${all} 道中有 ${differing} 道两种形式的结果不同`,
  scores: {
    title: '这些回复的奖励与推理度量',
    sides: { image: '图像', text: '文本' },
    undecided: '未能及时判定',
    of: (some, all) => `${some} / ${all}`,
    wellFormed: '格式正确',
    tokens: '每个回复的 token 数',
    within: (tag) => `${tag} 内`,
    withTag: (responses) => `${responses} 个回复含有该标签`,
    selfReflection: (unit) => `自我反思，${unit}`,
    visualReferences: (unit) => `视觉指称，${unit}`,
    interval: (kind, low, high) =>
      `${kind === 'bootstrap' || kind === 'student' ? INTERVALS[kind] : 'Wilson 95 %'}：${low} 至 ${high}`,
  },
  playground: {
    title: '编辑一个回复，观察它的六种奖励',
    rightAnswer: '正确答案',
    response: '回复',
    counted: (wellFormed, words, reflections, references) =>
      `${wellFormed ? '格式正确' : '不符合“先 think、后 answer，别无其他”的格式'}；思考部分 ${words} 个词，自我反思 ${reflections} 处，视觉指称 ${references} 处。`,
    reward: '奖励',
    parts: '构成',
    meter: (reward) => `${reward} 奖励`,
    rules: {
      correct: '正确性',
      'partial credit': '部分得分',
      'tag present': '有该标签',
      'not decided in time': '未能及时判定',
    },
    sentences: (unique, repeated) => `新句 ${unique}，重复 ${repeated}`,
  },
  measures: {
    tokens: {
      name: '长度',
      unit: 'token 数',
      definition:
        '回复的 token 数，以及每个标签内的 token 数。标签本身不计入其内容。文本由该模型自己的分词器切分。',
    },
    selfReflection: {
      name: '自我反思',
      unit: PER_WORDS,
      definition:
        '表示重新审视的词语出现的次数（wait、hmm、actually、hold on、on second thought、let me check、double-check、recheck、reconsider、mistake、that is wrong），只计 <think> 和 <rethink> 内，按其中每 100 个词计算。',
    },
    visualReferences: {
      name: '视觉指称',
      unit: PER_WORDS,
      definition:
        '指向所见内容的短语出现的次数（in the image、the picture shows、I see、as shown、looking at、is visible；image 也可以是 picture、figure、diagram、chart、graph、plot、photo、clock、board、grid、maze），只计 <think> 和 <rethink> 内，按其中每 100 个词计算。',
    },
  },
  definition: {
    gap: '差距',
    gapText:
      '每道谜题各问两次：一次用图像，一次用文本代替图像；文本按规则由谜题的状态写成，从不包含答案。差距 = 读文本答对的占比 − 看图答对的占比，在同样的谜题上计算：Newcombe 配对区间，McNemar 精确检验，按 Holm 方法在同一模型的各类谜题间校正。差距大，说明看的环节失败；两边占比都低，说明推理也失败。演示模型族训练时在文本旁配有黑色图像，因此除非另作选择，其文本形式就是如此。',
    rewards: '奖励',
    rewardsText:
      'score(tag) = tanh(不重复的句子数) − tanh(重复的句子数)，R = Σ α · score。answer 的得分是其正确性；Continuous 给部分得分（时刻按时和分；整数按 1/(1 + |d|)，距离不超过 5），No-Accuracy 只看有没有 answer 标签。',
    measures: '度量',
    measure: (name, unit, definition) => `${name}（${unit}）。${definition}`,
  },
};
