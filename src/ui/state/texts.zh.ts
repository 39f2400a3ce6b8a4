import { shortened } from '../../named-error.ts';
import { dayOf } from '../../study/journal/kept-work-text.ts';
import type { en } from './texts.ts';

/** So many names are spelled out. */
const SAID = 5;

function some(names: readonly string[]): string {
  const said = names
    .slice(0, SAID)
    .map((name) => shortened(name, 80))
    .join('、');
  return names.length > SAID ? `${said} 等 ${names.length} 个` : said;
}

export const zh: typeof en = {
  starting: '正在启动',
  loading: (model) => `加载 ${model}`,
  waiting: '等待引擎',
  compiling: '编译计算图',
  openToCompute: (models) =>
    models.length === 0
      ? '要继续计算，请先打开对应的检查点。'
      : `要继续计算，请先打开并加载 ${models.join('、')}。`,
  question: {
    reading: '读取问题',
    answering: '生成回答',
    tokens: (done, most) => `${done} 个 token，上限 ${most}`,
  },
  mismatch: {
    layers: (from, to) => `层数为 ${from}，应为 ${to}`,
    hiddenSize: (from, to) => `隐藏维度为 ${from}，应为 ${to}`,
    intermediateSize: (from, to) => `MLP 维度为 ${from}，应为 ${to}`,
    heads: (from, to) => `注意力头数为 ${from}，应为 ${to}`,
    kvHeads: (from, to) => `键值头数为 ${from}，应为 ${to}`,
    device: (device) => `已加载到 ${device}`,
  },
  jobs: {
    readingPairs: '读取样本对',
    readingQuestions: '读取问题',
    readingResults: '读取结果',
    readingPictures: '读取图片',
    gradingAnswers: '评分',
    evaluatingMerges: '评测合并模型',
    evaluatingFrozen: '评测冻结训练的模型',
    askingPuzzles: '以图像和文本两种形式提问',
    measuringNoise: '测量权重以确定噪声幅度',
    measuringRounding: '测量舍入损失',
    comparingAnswers: '比较回答',
    loadingOriginal: '加载原模型',
    loadingCopy: '加载量化后的模型',
    exporting: '导出合并模型',
  },
  updates: {
    measured: (title) => `正在测量“${title}”，请等待其完成。`,
    notComparable: '已打开的检查点无法比较。',
  },
  written: (files, size, where) => `已写入 ${where}：${files} 个文件，${size}。`,
  readingFile: (file) => `读取 ${file}`,
  savingJournal: '保存日志',
  taken: (file, { title, added, known, conflicts, damaged, current, build }) =>
    [
      `已从 ${file} 并入“${shortened(title, 200)}”的 ${added} 条记录${known > 0 ? `，另有 ${known} 条此处已有` : ''}。`,
      ...(damaged.length > 0
        ? [`其中 ${damaged.length} 行（${some(damaged.map(String))}）已损坏，或不是此类记录，未并入。`]
        : []),
      ...(conflicts.length > 0
        ? [`其中 ${conflicts.length} 条记录（${some(conflicts)}）与此处保存的内容不一致，保留此处的内容。`]
        : []),
      ...(current ? [] : [`它由另一个构建版本（${build}）计算：可以显示，但不会续算。`]),
    ].join(''),
  badSettings: (names) => `本浏览器保存的部分设置无法读取，已恢复为初始值：${names.join('、')}。`,
  origin: ({ build, at, carried }) =>
    carried ? `应用自带：由版本 ${build} 于 ${dayOf(at)} 测得` : `由构建版本 ${build} 于 ${dayOf(at)} 计算`,
  originNotice: ({ build, at, carried }, left) =>
    carried
      ? `应用自带：由版本 ${build} 于 ${dayOf(at)} 测得。运行后会在本机重新测量。`
      : `由构建版本 ${build} 于 ${dayOf(at)} 计算，其代码与当前版本不同：按保存的内容显示，不会续算；重新计算会从头开始。${
          left === 0 ? '' : `其中 ${left} 条记录已损坏，或格式不为当前版本所知，未显示。`
        }`,
  compared: (whole, { tensors, spots }) => {
    const places = `抽查 ${spots.toLocaleString('en')} 处`;
    if (whole >= tensors) return '已完整比对';
    return whole === 0 ? `已${places}比对` : `${tensors} 个张量中 ${whole} 个已完整比对，其余${places}`;
  },
  loadsAgain: (why) => `下次访问时须先加载模型才能显示：${why}。`,
};
