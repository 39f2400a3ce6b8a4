/** Running stretches of decoder layers. */
import { decoderGraph } from '../graph/decoder.ts';
import type { DecoderSpec } from '../graph/decoder.ts';
import type { Backend, Feeds } from './backend/backend.ts';
import type { GraphStore, GraphUse } from './graph-store.ts';
import { headOutputs } from './head.ts';
import type { Resident, ResidentSubject } from './resident.ts';
import { headOf } from './resident.ts';
import type { Segment } from './segments.ts';
import { decoderDims, headKey } from './weights/plan.ts';

/** A run has a fixed cost, so the whole stack goes into one; with constants, that costs memory. */
const CONSTANT_BYTES_PER_RUN = 256 * 2 ** 20;

export type DecoderVariant = Pick<
  DecoderSpec,
  'gates' | 'swap' | 'captureKv' | 'attention' | 'head' | 'injections'
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
  separates({ layers }: ResidentSubject, layer: number): boolean {
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
      weight: (slot) => {
        const dot = slot.indexOf('.');
        if (!/^\d/.test(slot)) return [headOf(subject), headKey(slot, 0)];
        const offset = Number(slot.slice(0, dot));
        return [donors[offset] as Resident, `model.layers.${segment.from + offset}${slot.slice(dot)}`];
      },
      weightsKey: [
        segment.from,
        ...donors.map(({ id }) => id),
        ...(variant.head ? [headOf(subject).id] : []),
      ].join(),
      ...(variant.head ? { hostOutputs: headOutputs(variant.head.output) } : {}),
    };
    return this.#graphs.run(use, feeds, { wanted, ...(into ? { into } : {}) });
  }
}
