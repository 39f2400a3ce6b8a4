import type { ReportWords } from './words.ts';

export const words: ReportWords = {
  madeBy: (build, day) => `由 Frankenscope ${build} 于 ${day} 完成的研究。`,
  models: (names) => `模型：${names.join('、')}。`,
  contents: '目录',
  claims: '论文的论断',
  provenance: '数据来源',
  records: '记录',
  again: '如何重新计算',
  saved: '把下面的研究文件另存为 study.json，并把其中的路径改为你机器上的路径，即可重新算出每个数值：',
  file: '研究文件',
  cite: '如何引用',
  note: (note) => `${note}。`,
  table: '表格',
  tableOf: (title) => `表格：${title}`,
  source: '来源',
  ...{ model: '模型', folder: '文件夹' },
  ...{ analysis: '分析', kind: '类型', name: '记录名', code: '代码哈希' },
};
