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
  /** Does in another way what other graphs do with the same weights: held only as far as `admits` says. */
  readonly spare?: boolean;
}

interface Entry {
  readonly compiled: Promise<Compiled>;
  readonly graph: Pick<Graph, 'weights'>;
  readonly bytes: number;
  /** Arrays whose bytes it carries, by the checkpoints they are of. */
  readonly carried: ReadonlyMap<ModelId, ReadonlySet<string>>;
  readonly spare: boolean;
  /** How many runs of spare graphs had been asked for when this was last. */
  asked: number;
}

/** Graphs with constants are dropped, least recently used first, beyond this many bytes of WASM heap. */
const CONSTANT_GRAPH_BYTES = 1.5 * 2 ** 30;

/** Spare ones are held up to so many bytes, in every lane, beside all others. */
const SPARE_BYTES = 128 * 2 ** 20;

/** A spare graph gives way to another only when it was not asked for during so many runs, so that no two drive each other out again and again. */
const SPARE_RUNS = 1024;

export class GraphStore {
  readonly #backend: Backend;
  /** In order of last use. */
  readonly #entries = new Map<string, Entry>();
  #most = CONSTANT_GRAPH_BYTES;
  #spareRuns = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Whether memory is bounded (`keepTo`). */
  get isBounded(): boolean {
    return this.#most < CONSTANT_GRAPH_BYTES;
  }

  /** Runs the graph `use` names. */
  async run(use: GraphUse, feeds: Feeds, options?: RunOptions): Promise<Feeds> {
    const constants = this.#backend.constantWeights;
    const key = this.#key(use);
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

  /**
   * Whether a spare graph of about so many bytes may be run: it is held already, or there is room for it, if need be that of others that were not
   * asked for in a long time. None where memory is bounded (`keepTo`).
   */
  async admits(use: GraphUse, bytes: number): Promise<boolean> {
    if (this.isBounded) return false;
    this.#spareRuns += 1;
    const known = this.#entries.get(this.#key(use));
    if (known) {
      known.asked = this.#spareRuns;
      return true;
    }
    const spare = [...this.#entries].filter(([, entry]) => entry.spare);
    let held = spare.reduce((sum, [, entry]) => sum + entry.bytes, 0);
    const fits = (): boolean => held + bytes <= SPARE_BYTES;
    const idle = spare.filter(([, { asked }]) => asked < this.#spareRuns - SPARE_RUNS);
    const given = idle.filter(([, entry]) => {
      if (fits()) return false;
      held -= entry.bytes;
      return true;
    });
    if (!fits()) return false;
    for (const [key, entry] of given) await this.#drop(key, entry);
    return true;
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

  #key(use: GraphUse): string {
    // Where outputs go is fixed when a graph is compiled, but on the CPU, where all of them lie in host memory.
    return this.#backend.constantWeights
      ? `${use.kind}|${use.weightsKey}`
      : [use.kind, ...(use.hostOutputs ?? [])].join('|');
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
      spare: use.spare ?? false,
      asked: this.#spareRuns,
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
