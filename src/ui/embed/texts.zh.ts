import type { en } from './texts.ts';

export const zh: typeof en = {
  found: '发现了什么',
  open: '在 Frankenscope 中打开',
  reading: '正在读取研究。',
};
