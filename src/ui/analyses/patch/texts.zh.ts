import type { en } from './texts.ts';

export const zh: typeof en = {
  title: '得到谁的回答',
  description: '把直到此处的层都换上之后，在两个模型回答不同的问题中，与其中一个回答相同的占比。',
  axis: '回答相同（%）',
  as: (model) => `与 ${model} 相同`,
  recipient: '接收方',
  donor: '提供方',
  neither: '都不同',
  samples: (layer, donor, alike, all, like) =>
    `换上 ${donor} 的第 1 至 ${layer} 层：${all} 个中 ${alike} 个与 ${like} 回答相同`,
  columns: (recipient, donor) => ['问题', '图像', '标准答案', recipient, donor, '修补后', '与谁相同'],
  image: '被提问的图像',
  definition:
    '换上第 1 至 d 层后，接收方在 d 层之后的隐藏状态就是提供方的，在提示词和回答的每个位置都是如此：嵌入、视觉塔和这些层及其 key 和 value 是提供方的；其后的层、最终的归一化和输出头是接收方的。',
};
