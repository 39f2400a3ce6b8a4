import type { en } from './texts.ts';

export const zh: typeof en = {
  newer: (busy) => `有新版本：请在方便时重新加载。${busy ? '正在运行的工作会先完成。' : ''}`,
  reload: '重新加载',
  later: '稍后',
};
