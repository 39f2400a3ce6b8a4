import type { en } from './texts.ts';

export const zh: typeof en = {
  copy: '复制',
  close: '关闭',
  language: (language) => `语言：${language}`,
  choosePoint: '在图上选一个点，即可查看它背后的样本。',
  more: (all) => `显示更多（共 ${all} 条）`,
};
