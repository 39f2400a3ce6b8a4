/** Does this GPU compute what the CPU computes? Asked once per device, before anything is believed. */
import type { LinearFormat } from '../../graph/weights.ts';
import type { Backend, Feeds, Tensor } from './backend.ts';
import { LAYER, randomLayer } from './random-layer.ts';
import { seededRandom } from '../../work/seeded-random.ts';

const TOKENS = 40;
/** Float32 kernels agree to 1e-5; kernels that went wrong are off by whole values. */
const TOLERANCE = 1e-2;

/**
 * Runs one random decoder layer on both backends (of one module, one after the other) and compares.
 * Returns the largest difference relative to the largest value.
 */
export async function deviceError(gpu: Backend, cpu: Backend, format: LinearFormat): Promise<number> {
  const [actual, expected] = [await runLayer(gpu, format), await runLayer(cpu, format)];
  let difference = 0;
  let scale = 0;
  expected.forEach((value, index) => {
    difference = Math.max(difference, Math.abs(value - (actual[index] as number)) || 0);
    scale = Math.max(scale, Math.abs(value));
  });
  return actual.some(Number.isNaN) ? Infinity : difference / scale;
}

/** Whether the device passes in float and in quantized kernels. */
export async function selfCheck(gpu: Backend, cpu: Backend): Promise<boolean> {
  for (const format of ['f32', 'q4', 'q4-zeros'] as const) {
    if ((await deviceError(gpu, cpu, format)) > TOLERANCE) return false;
  }
  return true;
}

async function runLayer(backend: Backend, format: LinearFormat): Promise<Float32Array> {
  const random = seededRandom(1);
  const { compiled, weights } = await randomLayer(backend, format, random);
  const { hiddenSize, kvHeads, headDim } = LAYER;
  const uniform = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() - 0.5);
  const room = backend.sharedCache ? TOKENS : 0;
  const past = {
    key: await backend.zeros('float32', [1, kvHeads, room, headDim]),
    value: await backend.zeros('float32', [1, kvHeads, room, headDim]),
  };
  const own: Feeds = {
    ...weights,
    hidden: backend.upload('float32', [1, TOKENS, hiddenSize], uniform(TOKENS * hiddenSize)),
    positions: backend.upload(
      'int64',
      [1, TOKENS],
      BigInt64Array.from({ length: TOKENS }, (_, i) => BigInt(i)),
    ),
    cos: backend.upload('float32', [TOKENS, headDim / 2], uniform((TOKENS * headDim) / 2)),
    sin: backend.upload('float32', [TOKENS, headDim / 2], uniform((TOKENS * headDim) / 2)),
    seqlens: backend.upload('int32', [1], Int32Array.of(TOKENS - 1)),
    '0.past_key': past.key,
    '0.past_value': past.value,
  };
  const outputs = await backend.run(
    compiled,
    {
      ...own,
      batch_shape: backend.host('int64', [3], BigInt64Array.of(1n, BigInt(TOKENS), -1n)),
      total_length: backend.host('int32', [1], Int32Array.of(TOKENS)),
    },
    backend.sharedCache ? { into: { '0.present_key': past.key, '0.present_value': past.value } } : {},
  );
  const hidden = outputs['hidden_out'] as Tensor;
  const result = (await backend.read(hidden)).slice();
  for (const tensor of [hidden, ...Object.values(own)]) backend.dispose(tensor);
  await backend.releaseGraph(compiled);
  return result;
}
