import type { en } from './kept-texts.ts';

export const zh: typeof en = {
  title: '没有网络时',
  parts: { app: '应用与发现', runtime: '运行时', samples: '样本集', demo: '演示模型族' },
  job: '正在保存全部内容，以备没有网络时使用',
  progress: (done, total) => `${done}，共 ${total}`,
  nothing:
    '此浏览器没有保存应用的任何内容（无痕窗口、停用了 service worker，或主机没有 https）：没有网络时无法打开。',
  all: (size) => `${size}，已全部保存`,
  none: (size) => `${size}，尚未保存`,
  some: (here, size) => `已保存 ${here}，共 ${size}`,
  make: (size) => `全部保存以供离线使用（${size}）`,
  otherwise: '否则每一部分会在首次使用时保存。',
  whole: '没有网络时，应用也能打开和运行。',
  refused: '浏览器或主机拒绝了其中一部分：缺少的内容列在上面。',
};
