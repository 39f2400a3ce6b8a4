import type { en } from './texts.ts';

export const zh: typeof en = {
  page: '联网 · Frankenscope',
  theme: (name) => `主题：${name}`,
  themes: { system: '自动', light: '浅色', dark: '深色' },
  title: '向其他服务提问',
  notice:
    '你在本页发送的内容会离开你的机器，只发往你给出的地址，不发往别处。你的密钥会放入发往该地址的请求中；它只保存在内存里，除非你要求保留，否则关闭标签页即清除，也不会写入任何结果。Frankenscope 的其他页面不发送任何内容。',
  licences: '本应用所含软件的许可证',
  waiting: (why, seconds) => `${why}：${seconds} 秒后再次提问。`,

  service: {
    speaks: '接口',
    dialects: { openai: '兼容 OpenAI', anthropic: 'Anthropic Messages' },
    address: '地址',
    model: '模型',
    key: '你的密钥',
    keep: '在此浏览器中保留密钥',
    more: '更多设置',
    atOnce: '同时提问数',
    timeout: '多少秒后放弃一个问题',
    temperature: '要求温度为 0',
    limit: '新 token 上限的字段',
    needsAddress: '请给出服务的地址。',
    needsModel: '请指定模型。',
    forgotten: (origin) =>
      `${origin === null ? '该密钥没有对应的地址' : `该密钥属于 ${origin}`}，已被清除：请输入此地址的密钥。`,
  },

  remote: {
    title: '向远程模型提同样的问题',
    about:
      '问题和图像会发送给该服务；回答在本地按与本地模型相同的规则评分，并保存在此浏览器中。拒答会如实记录，并计为错误。',
    what: '内容',
    gap: '图像与文字对比',
    textSide: '文字一侧',
    textAlone: '只有文字',
    blackImage: '文字加全黑图像',
    style: '提示词样式',
    samples: '每个集合的样本数',
    seed: '种子',
    newTokens: '新 token 数',
    mostPixels: '图像的最大像素数',
    send: '发送问题',
    metrics: '指标',
    gaps: '同样的谜题：以图像和以文字给出',
    refused: (note, refused, of) => `${note}；${of} 个中拒答 ${refused} 个。`,
  },

  judge: {
    title: '请评判模型为结果打分',
    about:
      '对已有结果重新评分，不生成任何内容。发送给该服务的是问题、参考答案和回答，不含图像。每条记录同时保留规则和评判模型的判定。',
    opened: (records, name) => `${name} 的 ${records} 条记录`,
    choose: '已解压的结果文件夹，或其中的一个 .jsonl 文件',
    needs: '请选择结果，或把它们拖放到本页。',
    readingResults: '正在读取结果',
    asking: '正在询问评判模型',
    goOn: '继续',
    ask: '询问评判模型',
    cost: (total, done) => `${total} 个回答，其中 ${done} 个此前已判定`,
    progress: (done, total) => `${total} 个中已判定 ${done} 个`,
    agree: (agree, n, share, judgeOnly, ruleOnly) =>
      `评判模型与规则在 ${n} 个回答中的 ${agree} 个上一致（${share}）；${judgeOnly} 个只有评判模型判为正确，${ruleOnly} 个只有规则判为正确。`,
    byRules: '按规则',
    byJudge: '按评判模型，判定不明确时按规则',
    disputed: '两者不一致之处',
    judgeAlone: '只有评判模型判为正确',
    rulesAlone: '只有规则判为正确',
    reference: '参考答案',
    more: (n) => `显示更多（共 ${n} 个）`,
  },

  columns: {
    metrics: ['模型', '指标', '数值', '95 %，Wilson', 'n'],
    gaps: ['模型', '谜题', '以图像', '以文字', '文字 − 图像（百分点）', 'McNemar p', 'n'],
    all: '全部',
    allOf: (group) => `全部 ${group}`,
  },
};
