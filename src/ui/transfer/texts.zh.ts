import { agreementOf } from '../../evaluation/quantization/agreement.ts';
import type { Edit } from '../../merge/recipe/recipe.ts';
import { ggufBlock } from '../../merge/quantize/scheme.ts';
import { evenShares } from '../../number-text.mjs';
import type { en } from './texts.ts';

const PIECES = { visionTower: '视觉塔', projector: '投影器', frame: '嵌入', head: '末端归一化与输出头' };
const PARTS = { all: '', attention: '的注意力', mlp: '的 MLP' };

/** Of a plan's table, in English, the words that it is put together of. */
const ROW: readonly (readonly [RegExp, string])[] = [
  [/^Vision tower$/, PIECES.visionTower],
  [/^Projector$/, PIECES.projector],
  [/^Embeddings$/, PIECES.frame],
  [/^Final norm and head$/, PIECES.head],
  [/^No part of the model$/, '不属于模型的张量'],
  [/^Layers? ([\d–]+)(?:, )?/, '第 $1 层 '],
  [/\battention\b/, '注意力'],
  [/\bnorms\b/, '归一化'],
  [/ and /g, '与'],
  [/, noise r = (\S+) \(seed (\d+)\)/g, '，噪声 r = $1（种子 $2）'],
];

function editText(edit: Edit): string {
  const mixed = (donor: string, alpha: number): string => `与 ${donor} 插值，α = ${alpha}`;
  if (edit.kind === 'interpolate-rest')
    return `${edit.pieces.map((piece) => PIECES[piece]).join('、')}：${mixed(edit.donor, edit.alpha)}`;
  const { first, last } = edit.layers;
  const where = `第 ${first === last ? first : `${first}–${last}`} 层${PARTS[edit.part]}`;
  if (edit.kind === 'replace') return `${where}：取自 ${edit.donor}`;
  if (edit.kind === 'interpolate') return `${where}：${mixed(edit.donor, edit.alpha)}`;
  return `${where}：噪声，r = ${edit.ratio}，种子 ${edit.seed}`;
}

export const zh: typeof en = {
  stitch: '拼接',
  evaluateMerges: '评测合并模型',
  publishedValues: '论文中的数值',
  recipe: '配方',
  withStitch: '同时评测“试一试”中的拼接模型',
  earlier: '打开先前运行的结果（参考实现或本应用的）：',
  back: '回到本次运行',
  chart: {
    title: '合并模型的三项指标',
    opened: '来自打开的结果文件夹',
    published: (citation, n, faults) =>
      `论文数值：${citation}，每格 n = ${n}，所用模型和数据与这里不同。${faults}`,
  },
  numbers: {
    all: '全部数值',
    variant: '变体',
    metric: '指标',
    value: '数值',
    against: (reference) => `相对 ${reference}`,
    lostGained: '失去、增加',
    p: 'McNemar p',
    adjusted: 'Holm',
    transitions: 'TT TF FT FF',
  },
  stitcher: {
    needs: '打开同一模型的两个检查点，即可拼接它们的层。无需加载模型。',
    strip: '合并模型各层的来源',
    hand: '拖动或点击，把层换成',
    blocks: '分块，从 Early 到 Late',
    variants: '标准变体',
    reset: '复原',
    cancel: '取消',
    run: '在“试一试”中运行',
    measure: '测量它的更新',
    exportFolder: '导出文件夹',
    exportMergekit: '导出 mergekit YAML',
    openRecipe: '打开配方',
    recipeFile: '配方文件',
    largestFile: '单个文件上限，GB',
    verbatim: '小文件原样复制',
    verbatimTitle: '配置、分词器和处理器文件：不在 transformers 5 的写法之外补上 transformers 4 的写法',
    stored: (files, folder) =>
      `本浏览器无法写入你的文件夹。${folder} 的 ${files} 个文件存放在浏览器自己的存储中：请逐个保存到同一个文件夹，然后移除它们。`,
    partlyStored: (files, folder) =>
      `本浏览器无法写入你的文件夹。${folder} 的 ${files} 个文件存放在浏览器自己的存储中，尚不完整：再次导出同一合并模型即可继续，也可以移除它们。`,
    removeStored: '移除存储中的副本',
    storage: '浏览器存储',
  },
  edits: {
    summary: '层的部分、插值、噪声，以及模型的其余部分',
    do: '操作：',
    interpolate: '插值',
    interpolateTitle: '(1 − α)·W + α·来源模型的 W',
    take: '取用',
    takeTitle: '该部分取自来源模型',
    noise: '加噪声',
    to: '对象：',
    all: '全部权重',
    attention: '注意力',
    with: '来源：',
    first: '起始层',
    last: '结束层',
    region: '一个区间的层',
    seed: '种子',
    add: '加入配方',
    rest: {
      visionTower: '视觉塔取自：',
      projector: '投影器取自：',
      frame: '嵌入、分词器、配置取自：',
      head: '末端归一化与输出头取自：',
    },
    list: '编辑步骤，按顺序',
    edit: editText,
    remove: '移除',
    removeEdit: (edit) => `移除：${edit}`,
  },
  plan: {
    caption: '合并模型各部分的来源',
    part: '部分',
    made: '构成',
    tensors: '张量数',
    size: '大小',
    row: (row) => ROW.reduce((text, [from, to]) => text.replace(from, to), row).trim(),
    computed: (made) => `${made}，经计算`,
    whole: '合计',
    unknown: (tensors, donor, names) => `${tensors} 个不属于模型的张量随 ${donor} 一并带入：${names}`,
    left: (tensors, donor, names) => `${tensors} 个只有 ${donor} 才有的张量未带入：${names}`,
  },
  quantize: {
    writeAs: '写为',
    asStored: '按存储的格式',
    groupSize: '组大小',
    groupTitle: '共用一个缩放系数的输入列数；“整个通道”：一个输出通道的所有列共用',
    channel: '整个通道',
    head: '输出头也量化',
    headTitle: '输出头与嵌入不是同一个张量时',
    scheme(scheme) {
      const block = ggufBlock(scheme);
      if (block) return `GGUF，${block}`;
      const { format, bits, group } = scheme;
      const scales = group === null ? '每个输出通道一个缩放系数' : `每组 ${group}`;
      return `${format === 'awq' ? 'AWQ' : format}，${bits} 位，${scales}`;
    },
    rounded: (scheme, matrices, dtype, before, after) =>
      `${scheme}：注意力与 MLP 的 ${matrices} 个矩阵舍入到最近值，缩放系数由搜索确定，不使用数据。视觉塔、投影器、归一化、偏置、嵌入和输出头保持 ${dtype}。大小由 ${before} 变为 ${after}。`,
    roundedHead: (scheme, matrices, dtype, before, after) =>
      `${scheme}：注意力与 MLP 的 ${matrices} 个矩阵以及输出头舍入到最近值，缩放系数由搜索确定，不使用数据。视觉塔、投影器、归一化、偏置和嵌入保持 ${dtype}。大小由 ${before} 变为 ${after}。`,
    preview: '预览误差',
    compare: (samples, list) => `比较回答：${list}每个集合 ${samples} 个问题`,
    demo: '演示集',
    compareTitle: '尚未加载的模型会先加载，用完即释放',
    chart: '各层的舍入损失',
    chartDescription: (scheme) => `‖W − Ŵ‖ / ‖W‖，Frobenius 范数，一层的所有矩阵合并计算；${scheme}。`,
    axis: '相对误差 (%)',
    series: '误差',
    unit: '个矩阵',
    headError: (error) => `输出头：${error}。`,
    agreement(records) {
      const found = agreementOf(records);
      if (!found) return null;
      const { tokens, meanKl } = found;
      const form = evenShares([tokens.hits / tokens.n, tokens.low, tokens.high]);
      return (
        `${records.length} 个回答的 ${tokens.n} 个 token 上，KL 为 ${meanKl.toExponential(3)}；首选 token 相同的占 ` +
        `${form(tokens.hits / tokens.n)}（对回答做 bootstrap，95 %，种子 0：${form(tokens.low)} 至 ${form(tokens.high)}）`
      );
    },
    command: '在文件所在的机器上用命令行完成同样的操作：',
  },
  definition: {
    stitches: '拼接',
    whole:
      '拼接从同一模型的多个检查点中取用完整的层。视觉塔、投影器、嵌入、末端归一化、输出头、配置和分词器取自第一层的来源模型，除非配方另有规定。只来自一个来源模型的张量，是其存储的字节，原样不变。',
    computed:
      '插值：以 float32 计算 (1 − α)·A + α·B，再一次性舍入到存储的数据类型。噪声：(1 − r)·W + r·σ·z，其中 σ 是整个张量的标准差，z 服从标准正态分布，由种子和张量名生成。参考实现用 bfloat16 计算二者，每次乘积都会舍入。',
    folder:
      '导出的文件夹包含嵌入的来源模型的所有张量，沿用其名称；只有其他来源模型才有的张量不会写入，并会列出。其中的 README.md 和 frankenscope-recipe.json 写明配方。',
    metrics: '指标',
    metricsText:
      'M_vis：一般视觉问题中，看原图答对、而看同样大小的黑色图像答错的占比。M_v2r：数学类视觉问题中，看原图答对、且在黑色图像加图像描述时也答对的占比。M_rea：纯文本问题中答对的占比。分母均为该任务的全部样本。',
    prompts: '提示词',
    promptsText:
      '提示词风格由配方决定：所有变体使用相同的措辞。参考实现则根据模型名称的一部分来确定，因此它的 Revisual 合并模型与未合并的模型使用了不同的提示词；本应用不这样做。超过 1280 × 720 像素的图像会被缩小。解码方式为贪心解码。',
    grading: '评分',
    gradingText:
      '在本机按规则评分：答案取 <answer> 的内容；没有则取最后一个 \\boxed{}；再没有则取 “answer is” 之后的内容；最后取最后一个数。比较时按选项、按框（重叠超过一半）或按数学等价进行。不由模型评判。图像描述来自数据本身。',
    statistics: '统计',
    statisticsText:
      '区间为 95 % 的 Wilson 区间。与 IN 的差异按样本逐一配对，采用 Newcombe 区间和 McNemar 精确检验；同一指标的各 p 值按 Holm 方法在其变体间校正。样本数为 100 时，占比的标准误约为 5 个百分点。',
    answers: '回答',
    answersText:
      '保存回答所用的名称由决定它的所有因素构成：各层背后的检查点、提示词、图像、各项上限、设备和舍入方式。回答过一次就不会再次生成，无论变体叫什么名字。',
  },
};
