import type { en } from './texts.ts';

export const zh: typeof en = {
  injects: '图像特征在该层之后注入',
  injectionLegend: (layers) => `三角形：图像特征在第 ${layers} 层之后注入（DeepStack）。`,
  injection: (layer) => `图像特征在第 ${layer} 层之后注入（DeepStack）`,
  presets: {
    label: 'Early、Mid、Late：',
    thirds: '三等分',
    thirdsTitle: '在 n//3 和 2n//3 之后切分',
    paper: '论文',
    paperTitle: '余下的层归前面的区间：28 层分为 10、9、9',
    custom: (early, mid) => `第 ${early}、${mid} 层之后`,
    customTitle: '手动设置的切分',
  },
  strip: '层条',
  layer: {
    vision: (index) => `视觉块 ${index}`,
    projector: '投影器',
    llm: (index) => `第 ${index} 层`,
  },
  off: '关闭',
  on: '启用',
  notCovered: '未涵盖',
  switchKeys:
    '方向键移动，空格键关闭或启用一层，Shift 加方向键选择多层，来源模型的按键把所选的层换成该模型的层。',
  handKeys:
    '方向键移动，空格键把一层换成所选来源模型的层，Shift 加方向键选择多层，来源模型的按键把所选的层换成该模型的层。',
  sections: { vision: '视觉块', projector: '投影器', llm: 'LLM 层' },
  vision: '视觉',
  visionOf: (donor) => `视觉 ${donor}`,
  seams: ['Early 与 Mid 的分界', 'Mid 与 Late 的分界'],
  afterLayer: (layer) => `第 ${layer} 层之后`,
  table: { layer: '层', part: '部分', from: '来源', state: '状态', detail: '说明' },
  parts: { 'Vision Encoder': '视觉', Projector: '投影器', 'LLM Backbone': 'LLM' },
};
