import { swapped, TASK_NAMES } from '../../../analyses/swap/words.zh.mjs';
import type { en } from './texts.ts';

export const zh: typeof en = {
  title: '各层的变化率',
  description: swapped,
  axis: '变化率（%）',
  tasks: TASK_NAMES,
  source: (citation) => `${citation}，层从 0 计`,
  samples: (task, layer, changed, all) => `${task}，第 ${layer} 层：${all} 个中 ${changed} 个改变`,
  asked: '被提问的图像',
  swappedIn: '换入的图像',
  without: '不替换',
  swapped: '替换后',
  stated: '标准答案',
  answers: (target, source) => `${target}，源为 ${source}`,
  went: { unchanged: '不变', source: '变为源图像的回答', elsewhere: '变为其他回答' },
  verdict: (changed, went) => `${changed ? '改变' : '未改变'}：${went}`,
  resampled: (verdict, from, to) => `${verdict}；由 ${from} 个 token 重采样为 ${to} 个`,
  definition: [
    '用相同的提示词读源图像，保留每一层在其图像 token 处的 key（旋转位置编码之后）和 value。然后回答目标图像：一次保持原样，再对每一层各一次——读提示词时，把该层在图像位置的 key 和 value 一次性替换为源图像的（P1 Eq. 2，VFL）。回答为贪心解码。“该层及其后所有层”是参考代码的做法；图像 token 数相同时，它与 P1 App. D.2.1 相同，后者替换进入该层的隐藏状态，再继续前向计算。参考代码由于缺少判断，在每个解码步还会再次追加源图像的块；此处不复现。',
    '单独一层的条目由其后的全部内容读取，包括图像自身的位置，它们把改变带到上面的层（P1 Eq. 2，其中没有说明由谁读取）；或只由图像之后的内容读取：提示词照原样读到图像结束，再带着替换后的条目继续，因此下一层中的图像不受影响，如 VFL 的 teaser 图所示。在最后一层，以及从某层起替换时，两者相同。在演示的 IN 上，4,800 个回答中有 565 个在两者之间不同，其中 490 个是边界框；在前面的层，只由文字读取时，文字较少改变。没有峰值移动。',
    '一次扫描的回答是共同批次中的行，每次多个样本；每一行都与单独运行的结果相同。',
    '大小不同的图像有不同的 token 数：其 key 和 value 沿 token 轴线性重采样，并给样本作标记。（参考实现会丢弃它。）',
    '论文对“改变”的定义：OCR，文字不同；计数，数目不同；视觉定位，边界框与源图像的重叠（IoU 大于 0.5）；识别，回答为源图像的“No”。后两者不看原来的回答，因此原本就答错的模型也会计入：不替换时有多少如此，写在图表下方。参考代码的定义：转为小写、去掉首尾空白以及末尾的 {marks} 之后，完整的回答不同；从 20 个字符起，互相包含视为相同。按论文的定义，答案是 {answer} 之内的内容，否则是 {think} 之后的内容。',
    '变化率的置信区间为 Wilson，95 %；区间均值的为按样本对 bootstrap，同一样本对的各层并不独立。少于 10 个样本对的点为空心；少于 4 个时不给出占比。',
  ],
};
