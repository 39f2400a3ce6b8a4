import type { en } from './texts.ts';

/** So many names are spelled out. */
const NAMED = 5;

function some(names: readonly string[]): string {
  const named = names.slice(0, NAMED).join('、');
  return names.length > NAMED ? `${named} 等 ${names.length} 个` : named;
}

export const zh: typeof en = {
  measure: '测量',
  devices: { webgpu: 'GPU', cpu: 'CPU' },
  run: {
    again: '重新计算',
    resume: (done, all) => `继续：已完成 ${done} / ${all} 个张量`,
    whole: (title) => `${title}已测量`,
    begin: (noun) => `测量${noun}`,
    kept: (tensors) => `${tensors} 个张量，已保存在本浏览器`,
    some: (done, all) => `已完成 ${done} / ${all} 个张量`,
    all: (all) => `${all} 个张量`,
  },
  weights: {
    label: '权重',
    all: '所有矩阵',
    reference: '参考实现的选择',
    contains: '或名称包含',
  },
  computeOn: '计算设备',
  merges: {
    add: '比较一个合并模型，从 Early 到 Late',
    addButton: '添加',
    openRecipe: '打开配方',
    recipe: '要比较的合并模型的配方',
    cancel: '取消',
    list: '参与比较的合并模型',
    missing: (donors) => `未计入：${donors.join('、')} 已不再打开`,
    remove: '移除',
    removeMerge: (merge) => `移除 ${merge}`,
  },
  unshared({ unshared, families }) {
    if (unshared.length === 0) return null;
    const shown = some(unshared.map(({ name, what }) => `${name}（${what}）`));
    return `${unshared.length} 个张量并非在每个检查点中都有且形状相同，未作比较：${shown}；已比较 ${families.length} 个张量。`;
  },
  unplaced: ({ unplaced }) =>
    unplaced.length === 0
      ? null
      : `${unplaced.length} 个张量的名称不在任何规则之内，不计入任何层：${some(unplaced)}。`,
  notCompared: (tensors) => `${tensors} 个张量无法比较`,
  notice: (checkpoint, notice) => `${checkpoint}：${notice}`,
  save: (file) => `保存 ${file}`,
  forget: '删除这些结果',
  definition: {
    updates: '更新',
    updatesText:
      'IN − Base 和 RL − IN（或 RL − Base），对视觉块、投影器或各层中的每个权重逐个矩阵计算（不含归一化）。数值按存储值以 float32 相减。“参考实现的舍入”先把两者都转换为 float16 再相减，与参考实现相同。其他检查点与所选的检查点比较；合并模型也一样，其张量从来源模型的文件中读取或由其计算，无需写出。层的位置采用统一编号：视觉块 −n … −1，投影器 0，LLM 1 … L。',
    papers: 'P1 在图 5 中画出相对范数，在图 6 中画出谱（arXiv 2602.12395）。此处的范围是从图上读出的。',
  },
};
