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
import { alike, promptsPerRun, readTogether } from './read-together.ts';
import { planRows } from './rows.ts';
import { cellsOf, WorkAccount } from './work-account.ts';

/** A prompt that is about to be read. */
interface Expected {
  readonly sequence: Sequence;
  /** Equal in prompts of which the same positions are read, after the same text. */
  readonly like: string;
}

/** A beginning that was read beside another prompt's, and how far it goes. */
interface ReadAhead {
  readonly end: number;
  readonly layers: readonly KvEntry[];
}

/** What of a prompt is read, behind a text. */
interface Part {
  readonly prompt: Sequence;
  readonly sequence: Sequence;
}

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
  readonly #isBounded: () => boolean;
  readonly #account: WorkAccount;
  /** By the checkpoint whose embeddings are read; it goes when that is unloaded. */
  readonly #kept = new WeakMap<Resident, Kept[]>();
  #expected: readonly Expected[] = [];
  readonly #ahead = new Map<Sequence, ReadAhead>();

  /** @param isBounded whether memory is stated: each prompt is then read by itself */
  constructor(
    backend: Backend,
    decoder: Decoder,
    account = new WorkAccount(),
    isBounded: () => boolean = () => false,
  ) {
    this.#backend = backend;
    this.#decoder = decoder;
    this.#isBounded = isBounded;
    this.#account = account;
  }

  /**
   * Prompts whose beginnings `work` reads, in this order: those of images alike after the same text are read together, as far as memory allows. Of
   * one subject.
   *
   * @param prompts each with what decides how far it is read
   */
  async reading<T>(
    prompts: readonly { readonly sequence: Sequence; readonly asked: unknown }[],
    work: () => Promise<T>,
  ): Promise<T> {
    this.#expected = prompts.map(({ sequence, asked }) => ({ sequence, like: likeness(sequence, asked) }));
    try {
      return await work();
    } finally {
      this.#expected = [];
      for (const { layers } of this.#ahead.values()) this.release(layers);
      this.#ahead.clear();
    }
  }

  /** Reads the first `end` tokens in the plain run. Entries `[1, kvHeads, end, headDim]` a layer, the caller's. */
  async read(
    subject: ResidentSubject,
    sequence: Sequence,
    end: number,
    signal?: AbortSignal,
  ): Promise<readonly KvEntry[]> {
    const known = this.#handOut(subject, sequence, end);
    if (known) return known;
    const text = Math.min(end, ...sequence.imagePositions);
    const shape = { fresh: end - text, seen: end };
    const apart = text === end || rowsExtended(subject.rest.config.text, shape, this.#backend) > 0;
    if (text === 0 || !apart) return this.#run(subject, beginning(sequence, end), undefined, signal);
    const before = await this.#text(subject, beginning(sequence, text), signal);
    if (text === end) return before;
    try {
      const parts = this.#partsAlike(subject, sequence, end, text);
      if (parts.length > 1) {
        await this.#readAhead(subject, before, parts, end, signal);
        return this.#handOut(subject, sequence, end) as readonly KvEntry[];
      }
      const past = sharedPast(this.#backend, before, sequence.length);
      return await this.#run(subject, rest(beginning(sequence, end), text), past, signal);
    } finally {
      this.release(before);
    }
  }

  release(layers: readonly KvEntry[]): void {
    for (const { key, value } of layers) for (const tensor of [key, value]) this.#backend.dispose(tensor);
  }

  /** The prompt, and those expected after it that may be read with it: of each what is read, behind the text. */
  #partsAlike(subject: ResidentSubject, sequence: Sequence, end: number, text: number): readonly Part[] {
    const at = this.#expected.findIndex((expected) => expected.sequence === sequence);
    const [own, ...others] = at < 0 || this.#isBounded() ? [] : this.#expected.slice(at);
    if (!own) return [];
    const partOf = ({ sequence: prompt }: Expected): Part => ({
      prompt,
      sequence: rest(beginning(prompt, end), text),
    });
    const likely = others.filter(({ like }) => like === own.like);
    const most = promptsPerRun(this.#backend, this.#decoder, subject, { fresh: end - text, seen: end });
    return alike([partOf(own), ...likely.map(partOf)]).slice(0, most);
  }

  /** What was read ahead of a prompt, once. It counts as read now: what nobody asks for is no work that was asked. */
  #handOut(subject: ResidentSubject, sequence: Sequence, end: number): readonly KvEntry[] | undefined {
    const ahead = this.#ahead.get(sequence);
    if (ahead?.end !== end) return undefined;
    this.#ahead.delete(sequence);
    this.#account.read((end - Math.min(end, ...sequence.imagePositions)) * subject.layers.length);
    return ahead.layers;
  }

  /** Reads all of them to the same position, and holds what comes of it. */
  async #readAhead(
    subject: ResidentSubject,
    before: readonly KvEntry[],
    parts: readonly Part[],
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const sequences = parts.map(({ sequence }) => sequence);
    const { outputs, fresh } = await readTogether(this.#backend, this.#decoder, subject, sequences, {
      before,
      ...this.#headed(subject, sequences[0] as Sequence),
      ...(signal ? { signal } : {}),
    });
    if (outputs['hidden_out']) this.#backend.dispose(outputs['hidden_out']);
    try {
      for (const [slot, { prompt }] of parts.entries()) {
        const layers: KvEntry[] = [];
        this.#ahead.set(prompt, { end, layers });
        for (const [layer, entry] of before.entries())
          layers.push(await this.#join(entry, fresh[layer] as KvEntry, slot));
      }
    } finally {
      this.release(fresh);
    }
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
    const options: PrefillOptions = {
      plan,
      ...this.#headed(subject, sequence),
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

  /** With the head it is the graph that reads the rest and decodes: weights are compiled in once. */
  #headed(subject: ResidentSubject, { length }: Sequence): Pick<PrefillOptions, 'head'> {
    const spec = fusedHead(headOf(subject), 'greedy');
    return spec ? { head: { spec, positions: [length - 1] } } : {};
  }

  /** The only slot's entries before, and behind them those of a fresh slot. */
  async #join(before: KvEntry, fresh: KvEntry, slot = 0): Promise<KvEntry> {
    const join = async (part: keyof KvEntry): Promise<Tensor> => {
      const [, heads, first, width] = before[part].dims as [number, number, number, number];
      const second = fresh[part].dims[2] as number;
      const joined = await this.#backend.zeros('float32', [1, heads, first + second, width]);
      for (const [from, of, count, at] of [
        [before[part], 0, first, 0],
        [fresh[part], slot, second, first],
      ] as const) {
        const bytes = width * Float32Array.BYTES_PER_ELEMENT;
        const ranges = Array.from({ length: heads }, (_, head) => ({
          from: (of * heads + head) * count * bytes,
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

/** Of prompts with as many image tokens after the same text, asked the same. */
function likeness({ ids, imagePositions }: Sequence, asked: unknown): string {
  const text = ids.slice(0, Math.min(ids.length, ...imagePositions));
  return JSON.stringify([text, imagePositions, asked]);
}
