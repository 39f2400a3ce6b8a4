/** Does this GPU compute what the CPU computes? Asked once per device, before anything is believed. */
import { decoderGraph } from '../../graph/decoder.ts';
import type { LinearFormat } from '../../graph/weights.ts';
import { slotBytes } from '../../graph/weights.ts';
import { seededRandom } from '../sampling.ts';
import type { Backend, Feeds, Tensor } from './backend.ts';

/** Small, but larger than one tile, subgroup and quantization block in every direction. */
const DIMS = { hiddenSize: 128, intermediateSize: 192, heads: 4, kvHeads: 2, headDim: 32, rmsNormEps: 1e-6 };
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
  for (const format of ['f32', 'q4'] as const) {
    if ((await deviceError(gpu, cpu, format)) > TOLERANCE) return false;
  }
  return true;
}

async function runLayer(backend: Backend, format: LinearFormat): Promise<Float32Array> {
  const random = seededRandom(1);
  const arrays = new Map<string, Uint8Array<ArrayBuffer>>();
  const variant = { layers: 1, gates: false, swap: false, captureKv: false, attention: 'cached' } as const;
  const spec = { dims: DIMS, format, ...variant };
  for (const { slots } of decoderGraph(spec).weights) {
    for (const slot of slots) {
      const bytes = new Uint8Array(slotBytes(slot));
      if (slot.type === 'uint8') bytes.forEach((_, index) => (bytes[index] = Math.floor(random() * 256)));
      else new Float32Array(bytes.buffer).forEach((_, index, all) => (all[index] = 0.2 * (random() - 0.5)));
      arrays.set(slot.name, bytes);
    }
  }
  const graph = decoderGraph(
    spec,
    backend.constantWeights ? ({ name }) => arrays.get(name) as Uint8Array : undefined,
  );
  const compiled = await backend.compile(graph);
  const { hiddenSize, kvHeads, headDim } = DIMS;
  const uniform = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() - 0.5);
  const room = backend.sharedCache ? TOKENS : 0;
  const past = {
    key: await backend.zeros('float32', [1, kvHeads, room, headDim]),
    value: await backend.zeros('float32', [1, kvHeads, room, headDim]),
  };
  const own: Feeds = {
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
  if (!backend.constantWeights) {
    for (const { slots } of graph.weights) {
      for (const slot of slots) {
        const tensor = await backend.zeros(slot.type, slot.dims);
        backend.write(tensor, 0, arrays.get(slot.name) as Uint8Array);
        own[slot.name] = tensor;
      }
    }
  }
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
