import type { Advice } from '../../check/verdict.ts';
import type { en } from './texts.ts';

const all = (names: readonly string[]): string => names.join('、');

function advice(one: Advice): string {
  if (one.choose === 'formats') return `${all(one.wrong)} 在此适配器上计算有误：请选用 ${all(one.right)}。`;
  return {
    wasm: 'WebGPU 在此适配器上计算有误：请选用 WASM，模型将在处理器上运行。',
    'cpu-spectra': '更新的谱在此适配器上计算有误：这些计算也请选用 WASM。',
    'another-browser': '此浏览器中处理器计算有误：请换用其他浏览器，并报告此文件。',
  }[one.choose];
}

export const zh: typeof en = {
  title: '此设备计算是否正确？',
  about:
    '在这里以 f32、f16、q8 和 q4 计算一个小模型以及更新的谱，并与 transformers 和 float64 的结果对照。GPU 上约需十秒，软件适配器上约需半分钟。任何数据都不会离开本机。',
  device: '设备',
  devices: { webgpu: 'WebGPU', wasm: 'WASM' },
  check: '检查此设备',
  cancel: '取消',
  progress: '检查此设备',
  starting: '正在开始。',
  measuring: '正在测量速度。',
  underWay: (name, place, total) => `${name}，第 ${place} 项，共 ${total} 项`,
  cases: {
    'f32-prompt': 'f32：读入图片和问题',
    'f32-answer': 'f32：回答',
    'f32-attention': '对图片的注意力',
    'f32-interventions': '关闭层，替换键和值',
    'f16-prompt': 'f16：读入',
    'f16-answer': 'f16：回答',
    'q8-prompt': 'q8：读入',
    'q8-answer': 'q8：回答',
    'q4-prompt': 'q4：读入',
    'q4-answer': 'q4：回答',
    spectrum: '更新的谱',
    product: '更新的矩阵乘积',
  },
  right: '此设备计算正确。',
  wrong: (names) => `此设备计算有误：${all(names)}。`,
  advice,
  absent: (formats) => `此适配器不提供：${all(formats)}。`,
  columns: { what: '计算内容', result: '结果', error: '误差', bound: '界限', time: '用时' },
  passed: '正确',
  failed: '有误',
  units: '误差为其与最大正确值之比；回答的误差为八个 token 中不同者的个数。每种格式的第一项包含载入时间。',
  adapter: '适配器',
  rates: {
    roundTripSeconds: '一次调用往返',
    dispatchSeconds: '每增加一个算子',
    uploadBytesPerSecond: '传入设备',
    copyBytesPerSecond: '设备内复制',
    multiplyPerSecond: '矩阵乘积',
  },
  medians: (n) => `速度为 ${n} 次测量的中位数，测量时本机可能在做其他工作。`,
  gflops: (value) => `${value} GFLOP/s`,
  save: '存为 JSON',
};
