import type { en } from './texts.ts';

const PHASES: Readonly<Record<string, string>> = {
  reading: '读取',
  answering: '回答',
  writing: '写入',
  'reading pictures': '读取图片',
  scoring: '打分',
  'starting engines': '启动引擎',
  'reading weights': '读取权重',
  'reading updates': '读取更新',
  'reading deltas': '读取更新',
  measuring: '测量',
  'reading the journal': '读取日志',
  'measuring what rounding loses': '测量舍入损失',
  judging: '评判',
  grading: '评分',
  fetching: '下载',
  'computing spectra': '计算谱',
  'comparing directions': '比较方向',
  checking: '校验',
  'checking what was written earlier': '校验先前写入的内容',
  'checking what is there': '校验已有内容',
};

export const zh: typeof en = {
  noLimit: '无上限',
  magnitudes: [
    [1e12, '万亿'],
    [1e8, '亿'],
    [1e4, '万'],
  ],
  seconds: (seconds) => `${seconds} 秒`,
  minutes: (minutes, seconds) => (seconds ? `${minutes} 分 ${seconds} 秒` : `${minutes} 分钟`),
  hours: (hours, minutes) => (minutes ? `${hours} 小时 ${minutes} 分` : `${hours} 小时`),
  phase: (phase) => PHASES[phase] ?? phase,
  phaseOf: (phase, name) => `${phase}：${name}`,
  amount: {
    bytes: (done, total) => `${done} / ${total}`,
    tensors: (done, total) => `${done} / ${total} 个张量`,
    samples: (done, total) => `${done} / ${total} 个样本`,
    answers: (done, total) => `${done} / ${total} 个回答`,
    engines: (done, total) => `${done} / ${total} 个引擎`,
  },
  rate: {
    bytes: (rate) => `${rate}/秒`,
    tensors: (rate) => `${rate} 个张量/秒`,
    samples: (rate) => `${rate} 个样本/秒`,
    answers: (rate) => `${rate} 个回答/秒`,
    engines: (rate) => `${rate} 个引擎/秒`,
  },
  left: (duration) => `剩余 ${duration}`,
};
