import type { en } from './sheet-texts.ts';

const day = (iso: string | null): string => (iso === null ? '日期不详' : iso.slice(0, 16).replace('T', ' '));

export const zh: typeof en = {
  guide: '指南',
  help: {
    title: '按键与术语',
    keys: {
      tryIt: '试一试：向已加载的模型提问',
      samples: '样本：浏览、重新抽取、拿来提问',
      guide: '指南：每种分析的含义，以及如何使用自己的模型',
      help: '本面板',
      machine: '这台机器能做什么',
      talk: '演讲模式：所有内容放大到 1.6 倍',
      theme: '主题：跟随系统、浅色、深色',
      sideways: '在层条上或图表中：前一层或后一层；在分界线上：移动分界线',
      upDown: '在图表中：上方或下方的曲线',
      enter: '在图表中：该点背后的样本',
      space: '在层条上：关闭或打开该层',
      shift: '在层条上：选择多个层',
      donors: '在层条上：把选中的层交给 Base、IN、RL 及其他检查点',
      ask: '提问',
      escape: '关闭面板、离开“试一试”、取消对层的选择',
    },
    page: (title, question) => `${title}：${question}`,
    body: '模型主体',
    bodyText:
      '模型画成一条层条：视觉块（−n 到 −1）、投影器（0）、语言模型的各层（1 到 L）。两条分界线把这些层分为 Early、Mid 和 Late。层的颜色表示它来自哪个检查点。斜线表示已关闭，或不在该分析的范围内。',
    names: 'Base、IN、RL',
    namesText: 'Base 是训练前的模型，IN 是监督微调的冷启动模型，RL 是在 IN 基础上经强化学习得到的模型。',
    privacy: '隐私',
    local: '文件在原处读取，不会上传任何内容。{remote}',
    servers:
      '文件在原处读取，不会上传任何内容。本页面可以从你指定的服务器读取检查点：服务器会知道读取了哪些内容。{remote}',
    remote: '如需向远程模型提问或请评判模型打分，请使用{link}；你在那里发送的内容会离开你的机器。',
    remoteLink: '专门的页面',
  },
  machine: {
    title: '这台机器',
    runOn: {
      webgpu: '除非另作选择，模型在 WebGPU 上运行。',
      wasm: '除非另作选择，模型在处理器上以 WASM 运行。',
    },
    have: '现有',
    need: '需要',
    yes: '是',
    no: '否',
    adapter: '适配器',
    software: (name) => `${name}（软件）`,
    f16: '16 位着色器',
    subgroups: '子组（subgroups）',
    buffer: '最大缓冲区',
    binding: '最大绑定',
    bridge: '桥接方式',
    browser: '浏览器',
    threads: 'WASM 线程数',
    isolated: '跨源隔离',
    notIsolated:
      '没有跨源隔离时，WASM 只能单线程运行。请让服务器在提供页面时带上 COOP 和 COEP 标头，或重新加载一次。',
    storage: '存储空间',
    noStorage: '无',
    used: (usage, quota) => `已用 ${usage}，共 ${quota}`,
    asking: '正在查询。',
    licences: '本应用所含软件的许可证',
  },
  kept: {
    title: '已保存的结果',
    goOn: '继续',
    goOnWith: (title) => `继续 ${title}`,
    show: '显示',
    showOf: (title) => `显示 ${title}`,
    save: '保存',
    saveOf: (title) => `保存 ${title} 的记录`,
    saveJournal: '保存日志',
    saveJournalOf: (title) => `保存 ${title} 的日志`,
    remove: '删除',
    removeOf: (title) => `删除 ${title}`,
    rerun({ described, current, complete, done, total, build, begun }) {
      if (!described && done === 0) return '其中没有完整的内容，与早期版本的工作一样：无法继续';
      if (!described) return `${done} 条记录，缺少完整说明：再次运行同一工作时会接着使用`;
      if (!current) return `由另一构建（${build ?? '未知'}）于 ${day(begun)} 算出：可以显示，不能继续`;
      if (complete) return `完整，${done} 条记录`;
      return `${total} 条记录中已有 ${done} 条，从这里继续`;
    },
    begun: ({ begun, build }, settings) =>
      `开始于 ${day(begun)}，构建 ${build}${settings === '' ? '' : `；${settings}`}`,
    apart: (by) => `与同类的区别在于 ${by}`,
    total: (size, busy) =>
      `共 ${size}。每个页面都会列出为它保存的结果，无需加载任何内容即可显示。打开相同的检查点并使用相同的设置，被中断的工作会从最后一条记录之后继续。${busy ? '有工作正在进行时，不能删除或继续任何一项。' : ''}`,
    none: '此浏览器中没有已保存的结果。耗时较长的工作会把结果逐条记录在这里。',
    openJournal: '打开日志',
    journals: '要继续的日志',
    aboutJournals: '在另一个浏览器中或由命令行保存的日志会列在这里，并可在同类设备上继续。',
    withdrawn: (n) => `本页面打开以来撤回了 ${n} 项，因为发现其权重并非所述的权重`,
  },
};
