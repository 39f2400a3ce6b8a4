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
  },
  skip: '跳到页面内容',
  drop: '把检查点文件夹拖放到这里',
  job: {
    more: (n) => `另有 ${n} 项`,
    cancel: '取消',
  },
  engine: {
    rebuilding: '引擎正在重建。',
    checkpointsStay: '已打开的检查点会保留。',
    stopped: '引擎已停止。',
    reload: '重新加载页面',
  },
  machine: {
    title: '这台机器能做什么（m）',
    silent: '引擎没有应答',
    asking: '正在查询这台机器能做什么',
    threads: (n) => `${n} 个线程`,
    noF16: '无 f16',
    bindings: (size) => `绑定上限 ${size}`,
    findings: {
      'no-api': '此浏览器没有 WebGPU',
      'no-adapter': '没有 GPU 适配器',
      'software-adapter': '软件适配器',
      'missing-feature': '缺少一项功能',
      'limit-too-small': '有一项上限太小',
    },
  },
};
