/** Compiled graphs, and running them with weights from any resident checkpoint. */
import type { Graph } from '../graph/graph.ts';
import type { ConstantWeights } from '../graph/weights.ts';
import type { Backend, Compiled, Feeds, RunOptions } from './backend/backend.ts';
import type { Resident } from './resident.ts';
import type { ModelId } from './subject.ts';

/** A graph together with where its weights come from. */
export interface GraphUse {
  /** Identifies the graph apart from its weights. */
  readonly kind: string;
  readonly build: (constants?: ConstantWeights) => Graph;
  /** The checkpoint and device key behind a weight slot. */
  readonly weight: (slot: string) => readonly [Resident, key: string];
  /** Identifies the weights, for devices whose graphs carry them. */
  readonly weightsKey: string;
  /** Outputs wanted in host memory. */
  readonly hostOutputs?: readonly string[];
}

interface Entry {
  readonly compiled: Promise<Compiled>;
  readonly graph: Pick<Graph, 'weights'>;
  readonly bytes: number;
  /** Arrays whose bytes it carries, by the checkpoints they are of. */
  readonly carried: ReadonlyMap<ModelId, ReadonlySet<string>>;
}

/** Graphs with constants are dropped, least recently used first, beyond this many bytes of WASM heap. */
const CONSTANT_GRAPH_BYTES = 1.5 * 2 ** 30;

export class GraphStore {
  readonly #backend: Backend;
  /** In order of last use. */
  readonly #entries = new Map<string, Entry>();
  #most = CONSTANT_GRAPH_BYTES;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Runs the graph `use` names. */
  async run(use: GraphUse, feeds: Feeds, options?: RunOptions): Promise<Feeds> {
    const constants = this.#backend.constantWeights;
    // Where outputs go is fixed when a graph is compiled, but on the CPU, where all of them lie in host memory.
    const key = constants
      ? `${use.kind}|${use.weightsKey}`
      : [use.kind, ...(use.hostOutputs ?? [])].join('|');
    const entry = await this.#entry(key, use);
    const bound: Feeds = constants ? feeds : { ...feeds };
    if (!constants) {
      for (const { slots } of entry.graph.weights) {
        for (const { name } of slots) {
          const [donor, array] = use.weight(name);
          bound[name] = donor.arrays.tensor(array);
        }
      }
    }
    try {
      return await this.#backend.run(await entry.compiled, bound, options);
    } catch (error) {
      // A session keeps stale bindings after a failed run.
      this.#entries.delete(key);
      void entry.compiled.then((compiled) => this.#backend.releaseGraph(compiled)).catch(() => undefined);
      throw error;
    }
  }

  /** Drops graphs that carry weights of a checkpoint: all of its, or arrays that are being given back. */
  async forget({ id }: Pick<Resident, 'id'>, arrays?: readonly string[]): Promise<void> {
    if (!this.#backend.constantWeights) return;
    for (const [key, { carried, ...entry }] of this.#entries) {
      const of = carried.get(id);
      if (of && (arrays?.some((array) => of.has(array)) ?? true)) await this.#drop(key, entry);
    }
  }

  /** Holds no more bytes of graphs with constants from here on; the last one used always stays. */
  async keepTo(bytes: number): Promise<void> {
    this.#most = Math.min(bytes, CONSTANT_GRAPH_BYTES);
    await this.#makeRoom();
  }

  async #entry(key: string, use: GraphUse): Promise<Entry> {
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const graph = this.#backend.constantWeights
      ? use.build(({ name }) => {
          const [donor, array] = use.weight(name);
          return donor.arrays.constant(array);
        })
      : use.build();
    const entry = {
      compiled: this.#backend.compile(graph, use.hostOutputs),
      graph: { weights: graph.weights },
      bytes: graph.model.byteLength,
      carried: this.#backend.constantWeights ? carriedBy(graph, use) : new Map(),
    };
    this.#entries.set(key, entry);
    entry.compiled.catch(() => this.#entries.delete(key));
    await this.#makeRoom();
    return entry;
  }

  async #makeRoom(): Promise<void> {
    let held = 0;
    for (const { bytes } of this.#entries.values()) held += bytes;
    for (const [key, entry] of this.#entries) {
      if (held <= this.#most || this.#entries.size === 1) return;
      held -= entry.bytes;
      await this.#drop(key, entry);
    }
  }

  async #drop(key: string, entry: Pick<Entry, 'compiled'>): Promise<void> {
    this.#entries.delete(key);
    await this.#backend.releaseGraph(await entry.compiled);
  }
}

function carriedBy({ weights }: Pick<Graph, 'weights'>, { weight }: GraphUse): Entry['carried'] {
  const carried = new Map<ModelId, Set<string>>();
  for (const { slots } of weights) {
    for (const { name } of slots) {
      const [{ id }, array] = weight(name);
      carried.set(id, (carried.get(id) ?? new Set()).add(array));
    }
  }
  return carried;
}
