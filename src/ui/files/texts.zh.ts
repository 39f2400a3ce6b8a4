import type { en } from './texts.ts';

export const zh: typeof en = {
  folder: '选择文件夹',
  files: '或选择文件',
  readingCache: '正在读取缓存',
  columns: {
    title: '各列分别是什么？',
    roles: { question: '问题', answer: '答案', image: '图片', choices: '选项' },
    choose: '请选择',
    none: '无',
    first: (shown, rows) => `共 ${rows} 行，显示前 ${shown} 行`,
    read: '读取列表',
    leave: '放弃',
  },
};
