import { chineseSettingOf as settingOf, chineseTitleOf as titleOf } from '../analyses/chinese-words.ts';
import type { Verdict } from '../../verdicts.ts';
import { duration } from '../format/quantity.ts';
import type { en } from './texts.ts';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  supported: '支持',
  'not supported': '不支持',
  undecided: '未定',
  'not testable here': '此处无法检验',
};

/** Of the identities of results. */
const FIELDS: Readonly<Record<string, string>> = {
  ...{ samples: '样本', seed: '种子', system: '系统提示词', maxNewTokens: '新 token 上限', part: '矩阵' },
  ...{ imageProcessing: '图像处理', maxImagePixels: '图像的最大像素数', deltas: '更新', rounding: '舍入' },
  ...{ computedBy: '计算设备', computer: '计算设备', topK: '奇异值个数', layers: '层', indices: '样本序号' },
};

export const zh: typeof en = {
  studies: '研究',
  fold: (chosen) => (chosen ? `研究 · ${chosen}` : '研究'),
  open: '打开研究',
  files: '研究文件',
  drop: '也可以把 {file} 文件拖放到任意位置：由此页面或 {command} 写出。其中有结果及其来源，没有权重。',
  reading: '正在读取研究。',
  readingFile: (file) => `正在读取 ${file}`,
  readingWork: (work) => `正在读取 ${work}。`,
  demoFamily: '演示模型族',
  travels: '随应用附带',
  older: (count) => `更早的 · ${count}`,
  damaged: '首行已损坏的研究',
  analyses: (count) => `${count} 项分析`,
  taken: (study, file, count) => `已从 ${file} 保存“${study}”：${count} 项分析。`,
  moreTold: (count) => `另外 ${count} 条`,
  damagedLines: (count, said) =>
    `其中有 ${count} 行（第 ${said.join('、')} 行${count > said.length ? `及另外 ${count - said.length} 行` : ''}）已损坏或不属于研究：原样保存，但不显示。`,
  withdrawn: (study) => `权重与之前不同：由这些权重算出的结果已从“${study}”中移除。`,
  chosen: {
    label: '所选研究',
    acts: '如何处理',
    fold: '演讲、运行、保存',
    models: '模型',
    ofDemo: '演示模型族：Base、IN、RL',
    model: (name, folder) => `${name}：${folder}`,
    computedBy: '计算程序',
    version: (build) => `版本 ${build}`,
    hidden: (count) => `其中 ${count} 个结果在各自的分析页面上已隐藏。`,
    showHidden: '在那里重新显示',
    name: '名称',
    rename: '重命名',
    leave: '保持不变',
    saveFile: '保存为一个文件',
    duplicate: '复制',
    copyOf: (study) => `${study}（副本）`,
    remove: '删除',
    beside: '并排比较',
    none: '无',
    removal: '要删除吗？',
    removed: (study) => `要从此浏览器中删除“${study}”吗？未另存为文件的内容将会丢失。`,
    keepIt: '保留',
    removeIt: '删除此研究',
    nothingDone: '尚无已完成的分析。',
  },
  run: {
    run: '运行研究',
    cancel: '取消',
    goOn: '继续',
    at: (place, total, title) => `第 ${place} 项，共 ${total} 项：${title}`,
    job: (study, place, total, title) => `${study}，第 ${place} 项，共 ${total} 项：${title}`,
    show: '显示正在运行的研究',
    begun: (done, total, over) => `已完成 ${done} 项，共 ${total} 项分析；运行对象：${over}。`,
    cost: (total, over) => `对${over}运行 ${total} 项分析，在后台进行，另存为一项研究。`,
    seconds: ({ seconds, unknown }) =>
      seconds === 0
        ? '在此运行过一次后，才知道需要多长时间。'
        : unknown === 0
          ? `约 ${duration(seconds)}：与上次在此浏览器中运行时相同，包括其间装入模型的时间。`
          : `至少 ${duration(seconds)}：与上次在此浏览器中运行时相同；其中 ${unknown} 项分析尚未在此运行过。`,
    overDemo: '演示模型族',
    needs: '若要在此运行，请打开它的检查点，或打开要运行这些分析的其他检查点。',
    goToOpen: '转到“打开”',
    leftOut: (analysis, why) => `“${titleOf(analysis)}”已略去：${why}。`,
    reasons: {
      unknown: (name, names) => `“${name}”不是此研究的模型（${names.join('、')}）`,
      besides: (analysis, name) => `“${titleOf(analysis)}”不能再对“${name}”运行`,
      twice: (name) => `“${name}”出现了两次`,
      needs: (analysis, flag) => `“${titleOf(analysis)}”需要一个“${flag}”模型`,
    },
    noneOfOurs: (samples) => `“${samples}”不是应用自带的样本集，只能由命令读取`,
    refused: '可以显示，但无法在此运行',
  },
  compared: {
    title: '有何不同',
    nothing: '决定数值的一切都相同：模型、样本、设置、种子和代码。',
    table: '差异表',
    what: '项目',
    sideBySide: '并排',
    analyses: '并排的分析',
    of: (models) => `模型：${models}`,
    words: {
      ...{ models: '模型', demo: '演示模型族', seed: '种子', records: '记录数', code: '代码' },
      ...{ version: 'Frankenscope 版本', inIt: '有', none: '无' },
      model: (name) => `模型：${name}`,
      analysis: (name, folder) => titleOf(name) + folder.slice(name.length),
      of: (analysis, what) => `${analysis}：${what}`,
      field: (name, field) => {
        const [what = '', model] = field.split(' of ');
        if (model !== undefined) return `${model} 的${what === 'weights' ? '权重' : ` ${what}`}`;
        return FIELDS[field] ?? settingOf(name, field) ?? field;
      },
    },
    noSuch: '其中没有这项分析。',
    noChart: '这里只有这些句子：无法绘图。',
  },
  report: {
    save: '保存报告',
    drawing: '正在绘制报告',
    drawn: (done, total) => `正在绘制报告，已完成 ${done} 项，共 ${total} 项分析`,
    cite: '引用此研究',
    missing: '没有绘制其图表：所需的内容没有随研究保存，或者由应用的其他版本测得。',
  },
  findings: {
    title: '发现了什么',
    thirds: 'Early、Mid 和 Late 是把各层分成的三份。',
    of: (analysis, models) => `${analysis}：${models.join('、')}`,
    none: '没有其数值足以支撑的发现。',
    claims: '论文的论断',
    models: (names, isDemo) =>
      `关于这些模型：${names.join('、')}。对它们的评判并不说明论文所研究的模型${
        isDemo ? '，演示模型族尤其如此：其模型极小，且从零训练' : ''
      }。`,
    reading: '正在读取研究的记录。',
    judged: (testable, all, counts) =>
      `${all} 条论断中有 ${testable} 条在此评判：${counts
        .map(([verdict, count]) => `${count} 条${VERDICTS[verdict]}`)
        .join(
          '，',
        )}。每条单独评判，有置信区间的按 95 %：对于并不存在的差异，二十条论断中仍会有一条被判定为某一方。`,
    unread: (works) => `未读取，因为由应用的其他版本保存：${works.join('；')}。`,
    claimsOf: (paper) => `${paper} 的论断`,
    needs: (what) => `需要：${what}`,
    looks: (count) => `由这些结果评判的 ${count} 条论断之一。`,
    show: '显示依据',
    hide: '隐藏依据',
    evidenceOf: (press, what) => `${press}：${what}`,
    verdicts: VERDICTS,
  },
};
