/** One decoder layer of random weights: what devices are tried out with. */
import type { DecoderDims } from '../../graph/decoder.ts';
import { decoderGraph } from '../../graph/decoder.ts';
import type { LinearFormat } from '../../graph/weights.ts';
import { slotBytes } from '../../graph/weights.ts';
import type { Backend, Compiled, Feeds } from './backend.ts';
import type { Random } from '../../work/seeded-random.ts';

/** Small, but larger than one tile, subgroup and quantization block in every direction. */
export const LAYER: DecoderDims = {
  hiddenSize: 128,
  intermediateSize: 192,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  rmsNormEps: 1e-6,
};

export interface RandomLayer {
  readonly compiled: Compiled;
  /** To be disposed by the caller. */
  readonly weights: Feeds;
}

export async function randomLayer(
  backend: Backend,
  format: LinearFormat,
  random: Random,
): Promise<RandomLayer> {
  const arrays = new Map<string, Uint8Array<ArrayBuffer>>();
  const variant = { layers: 1, gates: false, swap: false, captureKv: false, attention: 'cached' } as const;
  const spec = { dims: LAYER, format, ...variant };
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
  const weights: Feeds = {};
  if (!backend.constantWeights) {
    for (const { slots } of graph.weights) {
      for (const slot of slots) {
        const tensor = await backend.zeros(slot.type, slot.dims);
        backend.write(tensor, 0, arrays.get(slot.name) as Uint8Array);
        weights[slot.name] = tensor;
      }
    }
  }
  return { compiled, weights };
}
