import type { en } from './texts.ts';

export const zh: typeof en = {
  header: {
    pages: '页面',
    theme: '主题',
    themes: { system: '自动', light: '浅色', dark: '深色' },
    talk: '演讲',
    talkMode: '演讲模式',
    help: '帮助',
    keysAndWords: '按键与术语',
    tryIt: '试一试',
    tryItKeys: (key) => `试一试（t 或 ${key}）`,
    language: '语言',
  },
};
