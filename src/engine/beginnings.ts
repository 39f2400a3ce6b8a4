/** Keys and values of what all rows of a prompt begin with; those of the text before the first image are kept from prompt to prompt. */
import type { Backend, Tensor } from './backend/backend.ts';
import type { Decoder } from './decoder.ts';
import { KEPT_TEXTS, rowsExtended } from './estimate.ts';
import { fusedHead } from './head.ts';
import type { KvEntry } from './kv-cache.ts';
import { beginning, type HostEntry, rest, sharedPast } from './past.ts';
import type { Past, PrefillOptions, Sequence } from './prefill.ts';
import { prefill } from './prefill.ts';
import type { Ablation } from './protocol/intervention.ts';
import type { Resident, ResidentSubject } from './resident.ts';
import { headOf } from './resident.ts';
import { planRows } from './rows.ts';
import { cellsOf, WorkAccount } from './work-account.ts';

/** A text as some rows read it: of each layer `[kvHeads × tokens × headDim]` in host memory. */
interface Kept {
  readonly donors: readonly Resident[];
  readonly ids: readonly number[];
  /** By what the row leaves out. */
  readonly rows: Map<string, readonly HostEntry[]>;
}

export class Beginnings {
  readonly #backend: Backend;
  readonly #decoder: Decoder;
  readonly #account: WorkAccount;
  /** By the checkpoint whose embeddings are read; it goes when that is unloaded. */
  readonly #kept = new WeakMap<Resident, Kept[]>();

  constructor(backend: Backend, decoder: Decoder, account = new WorkAccount()) {
    this.#backend = backend;
    this.#decoder = decoder;
    this.#account = account;
  }

  /** Reads the first `end` tokens in the plain run. Entries `[1, kvHeads, end, headDim]` a layer, the caller's. */
  async read(
    subject: ResidentSubject,
    sequence: Sequence,
    end: number,
    signal?: AbortSignal,
  ): Promise<readonly KvEntry[]> {
    const text = Math.min(end, ...sequence.imagePositions);
    const shape = { fresh: end - text, seen: end };
    const apart = text === end || rowsExtended(subject.rest.config.text, shape, this.#backend) > 0;
    if (text === 0 || !apart) return this.#run(subject, beginning(sequence, end), undefined, signal);
    const before = await this.#text(subject, beginning(sequence, text), signal);
    if (text === end) return before;
    try {
      const past = sharedPast(this.#backend, before, sequence.length);
      return await this.#run(subject, rest(beginning(sequence, end), text), past, signal);
    } finally {
      this.release(before);
    }
  }

  release(layers: readonly KvEntry[]): void {
    for (const { key, value } of layers) for (const tensor of [key, value]) this.#backend.dispose(tensor);
  }

  async #text(
    subject: ResidentSubject,
    sequence: Sequence,
    signal: AbortSignal | undefined,
  ): Promise<readonly KvEntry[]> {
    const { kvHeads, headDim } = subject.rest.config.text;
    const [plain = []] = await this.kept(subject, sequence, [[]], signal);
    const dims = [1, kvHeads, sequence.length, headDim];
    return plain.map(({ key, value }) => ({
      key: this.#backend.upload('float32', dims, key),
      value: this.#backend.upload('float32', dims, value),
    }));
  }

  /** What a text that samples begin with leaves behind in each layer, as rows read it that leave out `ablations`; what is not known is read. */
  async kept(
    subject: ResidentSubject,
    sequence: Sequence,
    ablations: readonly (readonly Ablation[])[],
    signal?: AbortSignal,
  ): Promise<readonly (readonly HostEntry[])[]> {
    const { rows: known } = this.#entry(subject, sequence.ids);
    const keys = ablations.map((ablate) => JSON.stringify(ablate));
    const missing = [...new Set(keys)].filter((key) => !known.has(key));
    if (missing.length > 0) {
      const rows = missing.map((key) => ({ ablate: ablations[keys.indexOf(key)] as readonly Ablation[] }));
      const plan = planRows(rows, subject.layers.length);
      const read = await this.#run(subject, sequence, undefined, signal, plan);
      const layers: HostEntry[][] = missing.map(() => []);
      try {
        for (const entry of read) {
          const [key, value] = [await this.#backend.read(entry.key), await this.#backend.read(entry.value)];
          const active = entry.key.dims[0] as number;
          const size = key.length / active;
          plan.slotOf.forEach((slot, row) => {
            const from = (slot < active ? slot : 0) * size;
            layers[row]?.push({ key: key.slice(from, from + size), value: value.slice(from, from + size) });
          });
        }
      } finally {
        this.release(read);
      }
      missing.forEach((key, row) => known.set(key, layers[row] as HostEntry[]));
    }
    return keys.map((key) => known.get(key) as readonly HostEntry[]);
  }

  /** That of this text and these layers, the latest used first. */
  #entry({ rest: embedder, layers: donors }: ResidentSubject, ids: readonly number[]): Kept {
    const all = this.#kept.get(embedder) ?? [];
    const entry = all.find(
      (kept) =>
        kept.ids.join() === ids.join() && kept.donors.every((donor, layer) => donor === donors[layer]),
    ) ?? { donors, ids, rows: new Map() };
    this.#kept.set(embedder, [entry, ...all.filter((other) => other !== entry).slice(0, KEPT_TEXTS - 1)]);
    return entry;
  }

  async #run(
    subject: ResidentSubject,
    sequence: Sequence,
    past: Past | undefined,
    signal: AbortSignal | undefined,
    plan = planRows([{}], subject.layers.length),
  ): Promise<readonly KvEntry[]> {
    const layers: KvEntry[] = [];
    // With the head it is the graph that reads the rest and decodes: weights are compiled in once.
    const head = fusedHead(headOf(subject), 'greedy');
    const options: PrefillOptions = {
      plan,
      ...(head ? { head: { spec: head, positions: [sequence.length - 1] } } : {}),
      sources: new Map(),
      ...(past
        ? {
            past: {
              ...past,
              keep: async (layer, before, fresh) => {
                layers[layer] = await this.#join(before, fresh);
                this.release([fresh]);
              },
            },
          }
        : {
            keep: (layer, present) => (layers[layer] = present),
          }),
      ...(signal ? { signal } : {}),
    };
    try {
      const outputs = await prefill(this.#backend, this.#decoder, subject, sequence, options);
      this.#account.read(cellsOf(plan, subject.layers.length, sequence.length));
      if (outputs['hidden_out']) this.#backend.dispose(outputs['hidden_out']);
      return layers;
    } catch (error) {
      this.release(layers);
      throw error;
    }
  }

  /** One slot's entries behind each other. */
  async #join(before: KvEntry, fresh: KvEntry): Promise<KvEntry> {
    const join = async (part: keyof KvEntry): Promise<Tensor> => {
      const [, heads, first, width] = before[part].dims as [number, number, number, number];
      const second = fresh[part].dims[2] as number;
      const joined = await this.#backend.zeros('float32', [1, heads, first + second, width]);
      for (const [from, count, at] of [
        [before[part], first, 0],
        [fresh[part], second, first],
      ] as const) {
        const bytes = width * Float32Array.BYTES_PER_ELEMENT;
        const ranges = Array.from({ length: heads }, (_, head) => ({
          from: head * count * bytes,
          to: (head * (first + second) + at) * bytes,
          bytes: count * bytes,
        }));
        this.#backend.copy(from, joined, ranges);
      }
      return joined;
    };
    return { key: await join('key'), value: await join('value') };
  }
}
