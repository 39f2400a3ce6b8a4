import type { en, Noun } from './texts.ts';

const NOUNS: Readonly<Record<Noun, string>> = { sample: '个样本', answer: '个回答', question: '个问题' };

export const zh: typeof en = {
  probe: '探测方法',
  model: '模型',
  run: '运行',
  again: '重新计算',
  goOn: (done, all) => `继续：已保存 ${done} / ${all}`,
  cost: (samples, answers, whole) => `${samples} 个样本 · ${answers} 个回答${whole ? '，均已保存' : ''}`,
  some: (done, all, noun) => `已完成 ${done} / ${all} ${NOUNS[noun]}`,
  all: (all, noun) => `${all} ${NOUNS[noun]}`,
  save: (done, noun) => `保存 ${done} ${NOUNS[noun]}的结果`,
  forget: '删除这些结果',
  keepsNothing: '本浏览器不会为下次访问保存设置。',
  pairs: '样本对',
  pairSets: {
    demo: '演示样本对',
    minimal: '最小差异样本对',
    folder: '文件夹',
    own: '自备样本对',
  },
  questions: '问题',
  questionSets: {
    problems: '推理题',
    visual: '视觉问题',
    computed: '需要计算的视觉问题',
    list: '列表',
  },
  own: {
    target: '被提问的图像',
    source: '换入的图像',
    question: '问题',
    make: '生成样本对',
  },
  needs: {
    folder: '请选择样本对文件夹。',
    own: '请选择两张图像，并写下问题。',
    list: '请选择问题列表。',
  },
  literalImages: {
    strip: (prompts) => `${prompts} 个提示词以字面的 <image> 开头：已去掉。`,
    keep: (prompts) => `${prompts} 个提示词以字面的 <image> 开头：按文本传入。`,
  },
  pictureGone: '图片未保存',
};
