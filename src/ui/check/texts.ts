import type { CaseName } from '../../check/case.ts';
import { adviceSentence } from '../../check/words.ts';
import type { WeightDtype } from '../../engine/protocol/device.ts';
import { listed } from '../../listed.mjs';
import { texts } from '../language/texts.ts';

const CASES: Readonly<Record<CaseName, string>> = {
  'f32-prompt': 'f32: a picture and a question read',
  'f32-answer': 'f32: an answer',
  'f32-attention': 'attention on the picture',
  'f32-interventions': 'layers off, keys and values swapped',
  'f16-prompt': 'f16: read',
  'f16-answer': 'f16: an answer',
  'q8-prompt': 'q8: read',
  'q8-answer': 'q8: an answer',
  'q4-prompt': 'q4: read',
  'q4-answer': 'q4: an answer',
  spectrum: 'spectrum of an update',
  product: 'products of an update',
};

export const en = {
  title: 'Does this device compute right?',
  about:
    'A small model in f32, f16, q8 and q4, and spectra of updates, are computed here and held to what transformers and float64 give. Some ten seconds on a GPU, half a minute on a software adapter. Nothing leaves this machine.',
  device: 'Device',
  devices: { webgpu: 'WebGPU', wasm: 'WASM' },
  check: 'Check this device',
  cancel: 'Cancel',
  progress: 'Check of this device',
  starting: 'Starting.',
  measuring: 'Measuring how fast it is.',
  underWay: (name: string, place: number, total: number) => `${name}, ${place} of ${total}`,
  cases: CASES,
  right: 'This device computes right.',
  wrong: (names: readonly string[]) => `This device computes wrong: ${listed(names)}.`,
  advice: adviceSentence,
  absent: (formats: readonly WeightDtype[]) => `Not offered by this adapter: ${listed(formats)}.`,
  columns: { what: 'computed', result: 'result', error: 'error', bound: 'bound', time: 'time' },
  passed: 'right',
  failed: 'wrong',
  units:
    'Errors are shares of the largest right value; of answers, tokens of eight that are others. The first case of a format takes the time of its load.',
  adapter: 'Adapter',
  rates: {
    roundTripSeconds: 'A call and its answer',
    dispatchSeconds: 'Each further operator',
    uploadBytesPerSecond: 'To the device',
    copyBytesPerSecond: 'Copied within it',
    multiplyPerSecond: 'Matrix products',
  },
  medians: (n: number) => `Speeds are medians of ${n} measurements, beside whatever else this machine does.`,
  gflops: (value: string) => `${value} GFLOP/s`,
  save: 'Save as JSON',
};

export const t = texts('check', en);
