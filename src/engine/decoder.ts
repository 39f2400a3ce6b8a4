/** Running stretches of decoder layers. */
import type { DecodeLoopSpec } from '../graph/decode-loop.ts';
import { decodeLoopGraph, EMBEDDINGS } from '../graph/decode-loop.ts';
import { decoderGraph } from '../graph/decoder.ts';
import type { DecoderSpec } from '../graph/decoder.ts';
import type { HeadSpec } from '../graph/head.ts';
import type { Backend, Feeds } from './backend/backend.ts';
import type { GraphStore, GraphUse } from './graph-store.ts';
import { fusedHead, headOutputs } from './head.ts';
import type { Resident, ResidentSubject } from './resident.ts';
import { headOf } from './resident.ts';
import type { Segment } from './segments.ts';
import { decoderDims, headKey } from './weights/plan.ts';

/** A run has a fixed cost, so the whole stack goes into one; with constants, that costs memory. */
export const CONSTANT_BYTES_PER_RUN = 256 * 2 ** 20;

export type DecoderVariant = Pick<
  DecoderSpec,
  'gates' | 'swap' | 'captureKv' | 'attention' | 'grows' | 'head' | 'injections'
>;

export class Decoder {
  readonly #backend: Backend;
  readonly #graphs: GraphStore;
  readonly #layersPerRun: number;

  /** `layersPerRun`: most layers of a run; default: as many as there are. */
  constructor(backend: Backend, graphs: GraphStore, layersPerRun = Infinity) {
    this.#backend = backend;
    this.#graphs = graphs;
    this.#layersPerRun = layersPerRun;
  }

  /** The longest stretch of layers worth running at once. */
  longestRun({ rest, layers }: ResidentSubject): number {
    const most = Math.min(layers.length, this.#layersPerRun);
    if (!this.#backend.constantWeights) return most;
    const bytesPerLayer = rest.arrays.bytes / layers.length;
    return Math.max(1, Math.min(most, Math.floor(CONSTANT_BYTES_PER_RUN / bytesPerLayer)));
  }

  /** Whether layer `layer` cannot share a run with the one before it. */
  separates({ layers, seams = [] }: ResidentSubject, layer: number): boolean {
    if (seams.some((seam) => seam.layer === layer)) return true;
    const [before, here] = [layers[layer - 1], layers[layer]];
    if (before === here) return false;
    return this.#backend.constantWeights || before?.format !== here?.format;
  }

  /**
   * Runs layers of `segment` on `feeds` (all inputs but the weights); outputs as `decoderGraph` names them, keys and values only where
   * `kv`. Where the cache is shared, `present` is written onto the tensors of `into`, whatever `kv` says.
   */
  run(
    subject: ResidentSubject,
    segment: Segment,
    variant: DecoderVariant,
    feeds: Feeds,
    { kv, into }: { readonly kv: boolean; readonly into?: Feeds },
  ): Promise<Feeds> {
    const donors = subject.layers.slice(segment.from, segment.to);
    const { config, format } = donors[0] as Resident;
    const { sharedCache } = this.#backend;
    const spec = { dims: decoderDims(config), format, layers: donors.length, ...variant };
    const wanted = (output: string): boolean =>
      kv || sharedCache || !/\.(present|fresh)_(key|value)$/.test(output);
    const use: GraphUse = {
      kind: `decoder ${JSON.stringify(spec)}`,
      build: (constants) => decoderGraph(spec, constants),
      weight: (slot) => weightOf(subject, slot, segment.from),
      weightsKey: [
        segment.from,
        ...donors.map(({ id }) => id),
        ...(variant.head ? [headOf(subject).id] : []),
      ].join(),
      ...(variant.head ? { hostOutputs: headOutputs(variant.head.output) } : {}),
    };
    return this.#graphs.run(use, feeds, { wanted, ...(into ? { into } : {}) });
  }

  /**
   * Whether several greedy steps of `subject` may be one run: of a graph of the whole stack that carries all weights and the embeddings, beside
   * those that read prompts. Where it does not fit, steps are run one by one.
   */
  async canLoop(subject: ResidentSubject, gates: boolean): Promise<boolean> {
    const { layers, rest } = subject;
    if (!this.#backend.constantWeights || !rest.embedding.isHeld || this.longestRun(subject) < layers.length)
      return false;
    const [{ format }] = layers as readonly [Resident];
    if (!layers.every((donor) => donor.format === format) || !fusedHead(headOf(subject), 'greedy'))
      return false;
    const table = rest.embedding.vocabSize * rest.embedding.hiddenSize * Float32Array.BYTES_PER_ELEMENT;
    return this.#graphs.admits(await this.#loop(subject, gates), rest.arrays.bytes + table);
  }

  /** Runs up to `steps` greedy steps on `feeds`: all inputs of `decodeLoopGraph` but the weights; its outputs. Where `canLoop`. */
  async runLoop(subject: ResidentSubject, gates: boolean, feeds: Feeds): Promise<Feeds> {
    return this.#graphs.run(await this.#loop(subject, gates), feeds);
  }

  async #loop(subject: ResidentSubject, gates: boolean): Promise<GraphUse> {
    const { layers, rest } = subject;
    const { config, format } = layers[0] as Resident;
    const { output: _, ...head } = fusedHead(headOf(subject), 'greedy') as HeadSpec;
    const { vocabSize } = rest.embedding;
    const spec: DecodeLoopSpec = {
      ...{ dims: decoderDims(config), format, layers: layers.length },
      ...{ gates, head, vocabSize },
    };
    const table = await rest.embedding.whole();
    const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
    return {
      kind: `decode loop ${JSON.stringify(spec)}`,
      build: (constants) =>
        decodeLoopGraph(spec, constants && ((slot) => (slot.name === EMBEDDINGS ? bytes : constants(slot)))),
      weight: (slot) =>
        slot === EMBEDDINGS ? [rest, 'model.embed_tokens.weight'] : weightOf(subject, slot, 0),
      weightsKey: [...layers, rest, headOf(subject)].map(({ id }) => id).join(),
      spare: true,
    };
  }
}

/** The checkpoint and device key behind a slot of a graph that begins with layer `from`. */
function weightOf(subject: ResidentSubject, slot: string, from: number): readonly [Resident, key: string] {
  const dot = slot.indexOf('.');
  if (!/^\d/.test(slot)) return [headOf(subject), headKey(slot, 0)];
  const layer = from + Number(slot.slice(0, dot));
  return [subject.layers[layer] as Resident, `model.layers.${layer}${slot.slice(dot)}`];
}
