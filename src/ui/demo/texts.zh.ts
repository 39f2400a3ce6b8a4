import type { en } from './texts.ts';

export const zh: typeof en = {
  family: '演示模型族',
  open: '打开演示模型族',
  openRest: '打开演示模型族的其余部分',
  tryAgain: '重试',
  opening: '正在打开演示模型族',
  cancel: '取消',
  browse: '浏览样本',
  guide: '指南',
  about:
    '六个三百万参数的模型，专为本应用训练：Base、IN、RL，以及分别冻结 Early、Mid、Late 的 RL。它们认识彩色图形、文字、图表、时钟和棋盘。',
  notKept: '浏览器没有留出空间保存演示模型族：没有网络时将无法再次打开。',
  readingIndex: '正在读取索引',
  fetching: (title, done, total) => `${title}：${done}，共 ${total}`,
  loading: '正在加载到设备上',
};
