/** A batch of answers under way: the cache, and what each decode step needs. */
import type { HeadSpec } from '../graph/head.ts';
import { mropeCosSin } from '../vlm/mrope.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import type { StepBatch } from './answering-rows.ts';
import type { GatePart } from './gates.ts';
import { gateFeeds } from './gates.ts';
import type { DecodeOptions, PromptRows } from './decode-options.ts';
import { bestTokens, fusedHead, logitRows } from './head.ts';
import { KvCache } from './kv-cache.ts';
import { MASKED } from './prefill.ts';
import type { RowSpec } from './protocol/intervention.ts';
import { plainAlike, readPlain } from './plain-prompts.ts';
import { readRows, rowsAtOnce } from './read-rows.ts';
import type { ResidentSubject } from './resident.ts';
import { headOf } from './resident.ts';
import { planRows } from './rows.ts';
import type { Runtime } from './runtime.ts';
import { penalizeRepeated } from './repetition.ts';
import { sampleToken } from './sampling.ts';
import type { Segment } from './segments.ts';
import { segments } from './segments.ts';
import { runSteps, stepsAtMost } from './step-loop.ts';
import type { Random } from '../work/seeded-random.ts';

interface DecodeSegment {
  readonly segment: Segment;
  readonly gates: Feeds;
}

export class Decoding {
  readonly #runtime: Runtime;
  readonly #subject: ResidentSubject;
  readonly #prompts: readonly PromptRows[];
  /** The prompt of each row. */
  readonly #promptOf: readonly PromptRows[];
  readonly #rows: readonly RowSpec[];
  readonly #options: DecodeOptions;
  readonly #random: readonly Random[];
  /** Of each row, the tokens that a repetition penalty makes less likely; empty without one. */
  readonly #seen: readonly Set<number>[];
  readonly #cache: KvCache;
  /** The head within the last decoder graph; undefined where it has to be split. */
  readonly #head: HeadSpec | undefined;
  /** Stretches of layers with the gates of the rows now in the batch; made again when the batch changes. */
  #segments: readonly DecodeSegment[] | null = null;
  /** The same of all layers, for runs of several steps. */
  #gates: Feeds | null = null;

  /** Rows are counted through all prompts. */
  constructor(
    runtime: Runtime,
    subject: ResidentSubject,
    prompts: readonly PromptRows[],
    options: DecodeOptions,
    random: readonly Random[],
  ) {
    this.#runtime = runtime;
    this.#subject = subject;
    this.#prompts = prompts;
    this.#promptOf = prompts.flatMap((prompt) => prompt.rows.map(() => prompt));
    this.#rows = prompts.flatMap(({ rows }) => rows);
    this.#options = options;
    this.#random = random;
    this.#cache = new KvCache(runtime.backend, this.#rows.length, this.#longest);
    this.#seen = this.#penalty === 1 ? [] : this.#promptOf.map(({ sequence }) => new Set(sequence.ids));
    this.#head = fusedHead(headOf(subject), this.#plainGreedy ? 'greedy' : 'logits');
  }

  /** Prefills all rows and returns the first token of each. */
  start(): Promise<number[]> {
    const prompts = this.#prompts.map(({ sequence, rows }) => ({ sequence, asked: rows.map(asked) }));
    return this.#runtime.beginnings.reading(prompts, () => this.#start());
  }

  async #start(): Promise<number[]> {
    const { sources, signal } = this.#options;
    const capacity = this.#longest + Math.max(...this.#prompts.map(({ maxNewTokens }) => maxNewTokens));
    const cache = { store: this.#cache, capacity };
    const given = { ...(this.#head ? { head: this.#head } : {}), ...(signal ? { signal } : {}) };
    const tokens: number[] = [];
    const choose = async (outputs: Feeds, last: readonly number[], batch: readonly number[]) => {
      const chosen = await this.#choose(outputs, last, batch);
      batch.forEach((row, at) => (tokens[row] = chosen[at] as number));
    };
    const together = plainAlike(this.#runtime, this.#subject, this.#prompts);
    for (const places of together) {
      const batch = places.map((place) => this.#firstRow(place));
      const sequences = places.map((place) => (this.#prompts[place] as PromptRows).sequence);
      const rows = batch.map((row, slot) => ({ slot, row }));
      const options = { ...given, cache: { ...cache, rows } };
      const { outputs, last } = await readPlain(this.#runtime, this.#subject, sequences, options);
      await choose(outputs, last, batch);
    }
    for (const [place, prompt] of this.#prompts.entries()) {
      if (together.some((places) => places.includes(place))) continue;
      const { sequence, rows } = prompt;
      const most = rowsAtOnce(this.#runtime.backend, this.#subject, prompt);
      for (let first = 0; first < rows.length; first += most) {
        const read = rows.slice(first, first + most);
        const plan = planRows(read, this.#subject.layers.length);
        const done = this.#firstRow(place) + first;
        const taken = plan.slotOf.map((slot, index) => ({ slot, row: done + index }));
        const { outputs, last } = await readRows(this.#runtime, this.#subject, sequence, read, {
          ...{ plan, sources, ...given },
          cache: { ...cache, rows: taken },
        });
        await choose(
          outputs,
          last,
          taken.map(({ row }) => row),
        );
      }
    }
    return tokens;
  }

  /** Of the prompt at a place. */
  #firstRow(place: number): number {
    return this.#prompts.slice(0, place).reduce((sum, { rows }) => sum + rows.length, 0);
  }

  get #penalty(): number {
    return this.#options.sampling.repetitionPenalty ?? 1;
  }

  /** Whether the head itself can say which token is the likeliest: no logits need be read back. */
  get #plainGreedy(): boolean {
    return this.#options.sampling.temperature === 0 && this.#penalty === 1;
  }

  get #longest(): number {
    return Math.max(...this.#prompts.map(({ sequence }) => sequence.length));
  }

  /**
   * One token further, or several where a run may do so many steps: `state.tokens[i]` is what row `batch[i]` said at step `step` (the first is step
   * 0); returns what each says next, step by step, until the batch is to be copied at the latest.
   *
   * @throws NamedError `NonFiniteLogits`; those of the device.
   */
  async steps(
    state: StepBatch,
    step: number,
    batch: readonly number[],
  ): Promise<readonly (readonly number[])[]> {
    const { backend, decoder } = this.#runtime;
    await this.#cache.settle();
    const gated = this.#rows.some(({ ablate }) => ablate !== undefined && ablate.length > 0);
    if (!this.#plainGreedy || !(await decoder.canLoop(this.#subject, gated)))
      return [await this.#step(state.tokens, step, batch)];
    const most = stepsAtMost(state, this.#subject.rest.config.text);
    const angles = this.#angles(step, batch, most);
    try {
      this.#gates ??= this.#gatesOf(batch, 0, this.#subject.layers.length, gated);
      const at = { ...angles, places: this.#places(step, batch) };
      return await runSteps(this.#runtime, this.#subject, state, at, most, this.#cache, this.#gates);
    } finally {
      backend.dispose(angles.cos);
      backend.dispose(angles.sin);
    }
  }

  /** One token further, run by run of layers. */
  async #step(tokens: readonly number[], step: number, batch: readonly number[]): Promise<number[]> {
    const { backend, decoder } = this.#runtime;
    const { embedding } = this.#subject.rest;
    const rows = tokens.length;
    batch.forEach((row, at) => this.#seen[row]?.add(tokens[at] as number));
    const { cos, sin, angleOf } = this.#angles(step, batch, 1);
    const places = this.#places(step, batch);
    const furthest = Math.max(...places);
    await this.#cache.reserve(furthest);
    const seen = seenFeeds(backend, places, this.#cache.room(0));
    const shared: Feeds = {
      positions: backend.upload('int64', [rows, 1], BigInt64Array.from(angleOf, BigInt)),
      cos,
      sin,
      ...seen.device,
    };
    const host: Feeds = {
      batch_shape: backend.host('int64', [3], BigInt64Array.of(BigInt(rows), 1n, -1n)),
      ...seen.host,
    };
    const positions = [...tokens.keys()];
    if (this.#head) {
      shared['last'] = backend.upload('int64', [rows], BigInt64Array.from(positions, BigInt));
    }
    const embedded = await embedding.lookup(tokens);
    let outputs: Feeds = { hidden_out: backend.upload('float32', [rows, 1, embedding.hiddenSize], embedded) };
    try {
      this.#segments ??= this.#planSegments(batch);
      for (const { segment, gates } of this.#segments) {
        const hidden = outputs['hidden_out'] as Tensor;
        const fused = segment.to === this.#subject.layers.length ? this.#head : undefined;
        const { last, ...inner } = shared;
        outputs = await decoder.run(
          this.#subject,
          segment,
          {
            gates: Object.keys(gates).length > 0,
            swap: false,
            captureKv: false,
            attention: backend.sharedCache ? 'cached' : 'extended',
            ...(fused ? { head: fused } : {}),
          },
          {
            hidden,
            ...inner,
            ...(fused && last ? { last } : {}),
            ...host,
            ...gates,
            ...this.#cache.past(segment.from, segment.to),
          },
          {
            kv: true,
            ...(backend.sharedCache ? { into: this.#cache.into(segment.from, segment.to) } : {}),
          },
        );
        this.#cache.append(segment.from, segment.to, outputs, places);
        backend.dispose(hidden);
      }
      return await this.#choose(outputs, positions, batch);
    } finally {
      for (const tensor of Object.values(shared)) backend.dispose(tensor);
    }
  }

  /** Goes on with only the batch entries `entries`. */
  async keep(entries: readonly number[]): Promise<void> {
    this.#releaseGates();
    await this.#cache.keep(entries);
  }

  dispose(): void {
    this.#releaseGates();
    this.#cache.dispose();
  }

  /** Where each row's token stands at step `step`. */
  #places(step: number, batch: readonly number[]): readonly number[] {
    return batch.map((row) => (this.#promptOf[row] as PromptRows).sequence.length + step);
  }

  /** Rotary angles from step `step` on, of each step one entry for each prompt in the batch, and which of them each row takes. */
  #angles(
    step: number,
    batch: readonly number[],
    steps: number,
  ): {
    readonly cos: Tensor;
    readonly sin: Tensor;
    readonly angleOf: readonly number[];
    readonly count: number;
  } {
    const { backend } = this.#runtime;
    const prompts = [...new Set(batch.map((row) => this.#promptOf[row] as PromptRows))];
    const count = prompts.length;
    const places = Int32Array.from({ length: steps * count }, (_, at) => {
      const { nextPosition } = prompts[at % count] as PromptRows;
      return nextPosition + step + Math.floor(at / count);
    });
    const table = mropeCosSin({ axes: [places, places, places] }, this.#subject.rest.config);
    const upload = (part: 'cos' | 'sin'): Tensor =>
      backend.upload('float32', [places.length, table[part].length / places.length], table[part]);
    const angleOf = batch.map((row) => prompts.indexOf(this.#promptOf[row] as PromptRows));
    return { cos: upload('cos'), sin: upload('sin'), angleOf, count };
  }

  #planSegments(batch: readonly number[]): readonly DecodeSegment[] {
    const { decoder } = this.#runtime;
    return segments(this.#subject.layers.length, decoder.longestRun(this.#subject), (layer) =>
      decoder.separates(this.#subject, layer),
    ).map((segment) => ({ segment, gates: this.#gatesOf(batch, segment.from, segment.to, false) }));
  }

  /** Of the rows now in the batch. */
  #gatesOf(batch: readonly number[], from: number, to: number, wanted: boolean): Feeds {
    const rows = batch.map((row) => this.#rows[row] as RowSpec);
    const plan = planRows(rows, this.#subject.layers.length);
    const gateOf = (layer: number, part: GatePart): Float32Array | null => plan.rowGate(layer, part);
    return gateFeeds(this.#runtime.backend, from, to, gateOf, wanted);
  }

  /**
   * The next token of each batch entry, from the outputs of the last run: the head's, or hidden states whose
   * flattened positions `positions` the split head is run on.
   */
  async #choose(outputs: Feeds, positions: readonly number[], batch: readonly number[]): Promise<number[]> {
    const { sampling } = this.#options;
    const { head, backend } = this.#runtime;
    const reader = headOf(this.#subject);
    const hidden = outputs['hidden_out'];
    try {
      if (this.#plainGreedy) {
        if (!hidden) return bestTokens(outputs).map(({ token }) => token);
        return await head.greedy(reader, hidden, positions);
      }
      const logits = hidden
        ? await head.logits(reader, hidden, positions)
        : logitRows(outputs, positions.length);
      return logits.map((scores, at) => {
        const row = batch[at] as number;
        const seen = this.#seen[row];
        if (seen) penalizeRepeated(scores, seen, this.#penalty);
        return sampleToken(scores, sampling, this.#random[row] as Random);
      });
    } finally {
      if (hidden) backend.dispose(hidden);
    }
  }

  #releaseGates(): void {
    for (const gates of [...(this.#segments ?? []).map((segment) => segment.gates), this.#gates ?? {}]) {
      for (const tensor of Object.values(gates)) this.#runtime.backend.dispose(tensor);
    }
    this.#segments = null;
    this.#gates = null;
  }
}

/** What says which positions of `room` each row sees in a step: those before its place, `places[row]`. */
function seenFeeds(
  backend: Backend,
  places: readonly number[],
  room: number,
): { readonly device: Feeds; readonly host: Feeds } {
  const rows = places.length;
  if (backend.sharedCache) {
    return {
      device: { seqlens: backend.upload('int32', [rows], Int32Array.from(places)) },
      host: { total_length: backend.host('int32', [1], Int32Array.of(Math.max(...places) + 1)) },
    };
  }
  const width = room + 1;
  const mask = new Float32Array(rows * width);
  places.forEach((place, row) => mask.fill(MASKED, row * width + place, row * width + room));
  return {
    device: { mask: backend.upload('float32', [rows, 1, 1, width], mask) },
    host: { parts: backend.host('int64', [2], BigInt64Array.of(BigInt(room), 1n)) },
  };
}

/** What of a row decides how far the plain run of its prompt is read. */
function asked({ swap, ...row }: RowSpec): unknown {
  if (!swap) return row;
  const { source: _, ...read } = swap;
  return { ...row, swap: read };
}
