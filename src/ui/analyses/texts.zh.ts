import { joined, listed } from '../../number-text.zh.mjs';
import { count } from '../../counted.ts';
import type { en } from './texts.ts';

export const zh: typeof en = {
  open: (meaning) => `0：${meaning}`,
  setting: {
    yes: '是',
    no: '否',
    all: '全部',
    none: '无',
    open: '未指定',
    several: listed,
    of: (label, value) => `${label}：${value}`,
  },
  work: {
    of: (analysis, models, set) => `${analysis}：${models}${set === null ? '' : `，数据：${set}`}`,
    part: (title, part) => `${title}；${part}`,
    withStitch: '包括“试一试”中的拼接模型',
    n: {
      samples: (n) => `${count(n)} 个样本`,
      tensors: (n) => `${count(n)} 个张量`,
      answers: (n) => `${count(n)} 个回答`,
    },
  },
  changed: {
    further: {
      imageProcessing: '图像处理',
      maxImagePixels: '图像的最大像素数',
      cuts: 'Early 和 Mid 的最后一层',
    },
    of: (work) => `下面显示的是先前设置的结果：${work}。`,
    closed: '结果所用的内容已不再打开或加载。',
    settings: (changes) => `设置已改变：${changes.join('；')}。`,
    otherSamples: '提问的样本不同',
    from: (what, before, now) => `${joined(what, before)} → ${now}`,
    weightsAs: '权重精度',
    device: '设备',
    checkpoints: '检查点',
    otherWeights: (folders) => `${folders} 中的权重不同`,
  },
};
