import { comparisonText } from '../../analyses/wording.zh.mjs';
import { bytes, duration } from '../format/quantity.ts';
import type { en } from './texts.ts';

/** So many categories are named. */
const NAMED = 5;

export const zh: typeof en = {
  comparison: comparisonText,
  run: {
    evaluate: '评测',
    again: '重新计算',
    goOn: '继续',
    empty: '运行评测后在此显示结果。',
    soFar: (done, all) => `已完成 ${done} / ${all} 个回答`,
    allKept: (all) => `${all} 个回答，均已保存`,
    grading: (all) => `${all} 个回答，正在评分`,
    cost: (all, kept) =>
      `${all} 个回答${kept === 0 ? '' : kept === all ? '，均已保存' : `，其中 ${kept} 个先前已保存`}`,
    missing: (why) => `先前运行的回答缺失：${why}。`,
    turns: ({ memoryBytes, peakBytes, bytesReadAgain, seconds }) =>
      `各模型在 ${bytes(memoryBytes)} 内轮流装入，权重同时最多占 ${bytes(peakBytes)}：所有批次共需重新读取 ${bytes(bytesReadAgain)}${seconds === null ? '' : `，约 ${duration(seconds)}`}。`,
  },
  told: {
    demoSets: '演示数据集',
    ofEach: (samples) => `每个集合 ${samples} 个样本`,
    seed: (seed) => `种子 ${seed}`,
    style: (style) => `提示词风格 ${style}`,
    tokens: (tokens) => `新 token ${tokens} 个`,
  },
  style: '提示词风格',
  samples: '每个集合的样本数',
  seed: '种子',
  tokens: '新 token 数',
  questionsKept: (name) => `${name} 中的问题：已保存问过的问题，不含图片`,
  questionsOf: (name) => `${name} 中的问题`,
  questionsOfDemo: '演示数据集中的问题，均未用于训练',
  useDemo: '改用演示数据集',
  itemCounts: ({ general, mathTargeted, textOnly, puzzles, categories, uncategorized, described }) => {
    const pictured = general + mathTargeted + puzzles;
    const named = categories.slice(0, NAMED).join('、');
    const others = [
      ...(categories.length > NAMED
        ? [`类别 ${named} 等 ${categories.length} 类`]
        : categories.length > 0
          ? [`类别 ${named}`]
          : []),
      ...(uncategorized > 0 ? [`${uncategorized} 个无类别`] : []),
      ...(puzzles > 0 ? [`${described} 个有描述`] : []),
    ];
    return (
      `共 ${pictured + textOnly} 个问题，${textOnly} 个无图、${pictured} 个有图：` +
      `general-vqa 类 ${general} 个，math-targeted-vqa 类 ${mathTargeted} 个，其他 ${puzzles} 个` +
      (others.length > 0 ? `（${others.join('，')}）` : '')
    );
  },
  connected:
    '若要询问远程模型，或让远程模型评判结果，请使用{link}：在那里发送的内容会离开本机，并使用你自己的密钥。本页不发送任何内容。',
  connectedLink: '专用页面',
  save: '保存结果',
  saved: '一个 ZIP 文件夹：记录、汇总、区间及来源信息。',
  answers: {
    question: '问题',
    rightAnswer: '正确答案',
    counts: '计入',
    yes: '是',
    no: '否',
    verdict: (rule, found, cut) =>
      `${rule ?? '文件中的判定'}${found ? `，答案提取方式：${found}` : ''}${cut ? '，因达到上限而截断' : ''}`,
    title: (row, column, hits, n) => `${row}，${column}：${n} 个样本中 ${hits} 个计入`,
  },
  undecided: (answers) => `${answers} 个未能及时判定`,
  count: (n, undecided) => `${n}，其中 ${undecided} 个未能及时判定`,
  notes: (notes) => notes.join('；'),
  chart: {
    description: '每项指标中计入的样本占比。竖线为 IN。',
    hint: '选一个数值，查看它的样本。',
    unit: '个样本',
  },
};
