import { ARCHITECTURES } from '../../vlm/architectures/list.ts';
import type { ImageProcessing } from '../../vlm/image-processing.ts';
import { bytes, count, duration } from '../format/quantity.ts';
import type { en } from './texts.ts';

const READS: Readonly<Record<ImageProcessing, string>> = {
  'transformers-5':
    '与当前版本的 transformers 相同：processor_config.json 优先于 preprocessor_config.json，图片转正，透明部分以白色为底。',
  'transformers-4.51':
    '与论文的代码相同：只读 preprocessor_config.json，上下限只取自 min_pixels 和 max_pixels，图片按存储方向，缩放先行后列。',
};

export const zh: typeof en = {
  question: '强化学习改变了什么？',
  found: '发现了什么',
  inDemoFamily: (found) => `演示模型族：${found}`,
  lead: () =>
    `请打开一族 ${ARCHITECTURES.map(({ title }) => title).join('、')} 检查点：训练前、冷启动后、RL 后。把它们的文件夹拖放到本页任意位置即可。文件在原处读取，不会上传任何内容。`,
  servers: '位于服务器或 Hub 上的检查点，请在{link}打开。本页不会向任何一方发出请求。',
  serversLink: '可以向其发出请求的页面',
  add: '再添加一个检查点',

  checkpointOf: (name) => `${name} 检查点`,
  roles: {
    Base: '训练前的模型',
    IN: '监督微调冷启动之后',
    RL: '强化学习之后',
  },
  oneMore: '再加一个检查点进行比较',
  naming: '在图表和配方中的名称',
  close: '关闭',
  closeOf: (name) => `关闭 ${name}`,
  cancel: '取消',
  reading: (files) => `正在读取 ${files} 个文件的文件头`,
  cancelOpening: (name) => `取消打开 ${name}`,
  weightsOnly: '仅权重：可用于“刻画”和“迁移”中的拼接。',
  adapterOf: '适配器所属的检查点',
  closedBase: '已关闭的检查点',

  facts: {
    body: (name, { visionBlocks, layers }) => `${name}：${visionBlocks} 个视觉块、投影器、${layers} 层`,
    layers: '层数',
    layersAre: ({ layers, visionBlocks }) => `${layers} + 视觉 ${visionBlocks}`,
    layer: (index) => `第 ${index} 层`,
    parameters: '参数量',
    size: '大小',
    sizeIs: (size, tensors) => `${size}，${count(tensors)} 个张量`,
    format: '格式',
    stored: '存储类型',
    fingerprint: '指纹',
    weights: '权重',
  },
  notes: {
    hidden: '隐藏维度',
    mlp: 'MLP 维度',
    heads: '注意力头数',
    headsAre: (heads, kvHeads) => `${heads}，键和值 ${kvHeads}`,
    vocabulary: '词表大小',
    head: '输出头',
    tied: '与嵌入共享权重',
    own: '独立权重',
    context: '上下文长度',
    tokens: (n) => `${count(n)} 个 token`,
    shape: (files) => `形状与 ${files} 个文件`,
    unused: (tensors) => `${tensors} 个张量未使用`,
    unplaced: (tensors) => `${tensors} 个张量的位置未知`,
  },

  images: {
    label: '图像的读取方式',
    as: '图像处理按照',
    what: (processing) => READS[processing],
    chosen: (processing) => `${READS[processing]}此选择对所有页面有效。`,
    most: '图像的最大像素数',
  },
  loading: {
    label: '模型的加载方式',
    runOn: '运行于',
    weights: '权重格式',
    dtypes: {
      f32: 'Float32：最精确，每个权重 4 字节',
      f16: 'Float16：每个权重 2 字节',
      q8: '8 位，每块 32 个',
      q4: '4 位，每块 32 个：7B 模型约 5 GB',
    },
    keep: '在这台机器上保留转换后的权重',
    all: (n) => `加载全部 ${n} 个`,
    load: '加载',
    loadOf: (name) => `加载 ${name}`,
    memory(dtype, { weightBytes, kvCacheBytes, activationBytes, alreadyHeldBytes, budgetBytes }) {
      const budget =
        alreadyHeldBytes > 0
          ? `共 ${bytes(budgetBytes)}，已占用 ${bytes(alreadyHeldBytes)}`
          : `可用 ${bytes(budgetBytes)}`;
      return `以 ${dtype} 计：权重 ${bytes(weightBytes)}，缓存 ${bytes(kvCacheBytes)}，激活 ${bytes(activationBytes)}；${budget}`;
    },
    limit: '内存，GiB',
    limitTitle: '设备上可以占用多少内存。放不下的模型轮流装入。',
    unlimited: '不限',
    turns: ({ bytesReadAgain, seconds }) =>
      `与已装入的模型轮流装入：每次换到它时，最多重新读取 ${bytes(bytesReadAgain)}${seconds === null ? '' : `，约 ${duration(seconds)}`}。`,
    loading: (name) => `正在加载 ${name}`,
    cancelling: '正在取消',
    cancelOf: (name) => `取消加载 ${name}`,
  },
  loaded: {
    running: '运行',
    weights: '权重',
    in: '加载用时',
    fromStorage: (time, folder) =>
      `${time}，取自这台机器的存储${folder === null ? '' : `；对文件夹的核对：${folder}`}`,
    quantized: '量化',
    rounding: '舍入误差',
    ofNorm: (share) => `‖W‖ 的 ${share}`,
    worst: '舍入误差最大之处',
    worstIs: (largest) => `对所有量化矩阵计算 ‖W − Ŵ‖ / ‖W‖；单个权重的最大偏差为 ${largest}。`,
    try: (name) => `试用 ${name}`,
    unload: '卸载',
    unloadOf: (name) => `卸载 ${name}`,
  },
  quantized: {
    exact: (n) => `${n} 个量化张量：精确解码。`,
    asStored: (n) => `${n} 个量化张量：按存储原样加载，编码不变。`,
    rounded: (n, dtype) => `${n} 个量化张量：先解码，再舍入为 ${dtype}。`,
    both: (n, asStored, dtype) =>
      `${n} 个量化张量：${asStored} 个按存储原样加载，编码不变；${n - asStored} 个先解码，再舍入为 ${dtype}。`,
    wasStored: (n) => `${n} 个按存储原样，编码不变`,
    wasExact: (n) => `${n} 个精确解码`,
    wasRounded: (n, dtype) => `${n} 个解码并舍入为 ${dtype}`,
    together: (parts) => parts.join('；'),
  },
  kept: {
    title: '已保存的权重',
    remove: '删除',
    removeOf: (name, dtype) => `删除 ${name} ${dtype}`,
    total: (size) => `共 ${size}。它们能加快下次加载，删除后可以重新生成。`,
    none: '这台机器上没有已保存的权重。',
  },
};
