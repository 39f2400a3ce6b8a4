import type { en } from './texts.ts';

export const zh: typeof en = {
  pages: {
    open: { title: '打开', question: '强化学习改变了什么？' },
    localize: { title: '定位', question: '每种能力位于哪些层？' },
    characterize: { title: '刻画', question: '每个训练阶段带来的变化有多大、有多多样？' },
    transfer: { title: '迁移', question: '一个层区间能否把它的能力带进另一个模型？' },
    necessity: { title: '必要性', question: 'RL 必须能自由改变哪个区间？' },
    perception: { title: '感知或推理', question: '模型是没有看见，还是没有推理对？' },
    study: { title: '研究', question: '所有分析合起来发现了什么？' },
  },
};
