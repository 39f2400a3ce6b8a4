/** A batch of answers under way: the cache, and one decode step at a time. */
import type { HeadSpec } from '../graph/head.ts';
import { mropeCosSin, textPositions } from '../vlm/mrope.ts';
import type { Feeds, Tensor } from './backend/backend.ts';
import { gateFeeds } from './gates.ts';
import type { GenerateOptions } from './generate.ts';
import { bestTokens, fusedHead, logitRows } from './head.ts';
import { KvCache } from './kv-cache.ts';
import type { Sequence } from './prefill.ts';
import { prefill } from './prefill.ts';
import type { RowSpec } from './protocol.ts';
import type { ResidentSubject } from './resident.ts';
import { headOf } from './resident.ts';
import { planRows } from './rows.ts';
import type { Runtime } from './runtime.ts';
import type { Random } from './sampling.ts';
import { sampleToken } from './sampling.ts';
import type { Segment } from './segments.ts';
import { segments } from './segments.ts';

interface DecodeSegment {
  readonly segment: Segment;
  readonly gates: Feeds;
}

export class Decoding {
  readonly #runtime: Runtime;
  readonly #subject: ResidentSubject;
  readonly #sequence: Sequence;
  readonly #options: GenerateOptions;
  readonly #random: readonly Random[];
  #cache: KvCache;
  /** The head within the last decoder graph; undefined where it has to be split. */
  readonly #head: HeadSpec | undefined;
  /** Stretches of layers with the gates of the rows now in the batch; made anew when the batch changes. */
  #segments: readonly DecodeSegment[] | null = null;

  constructor(
    runtime: Runtime,
    subject: ResidentSubject,
    sequence: Sequence,
    options: GenerateOptions,
    random: readonly Random[],
  ) {
    this.#runtime = runtime;
    this.#subject = subject;
    this.#sequence = sequence;
    this.#options = options;
    this.#random = random;
    this.#cache = new KvCache(runtime.backend, options.rows.length);
    this.#head = fusedHead(headOf(subject), options.sampling.temperature === 0 ? 'greedy' : 'logits');
  }

  /** Prefills all rows and returns the first token of each. */
  async start(): Promise<number[]> {
    const { rows, rowsPerPrefill, sources, signal, maxNewTokens } = this.#options;
    const { backend, decoder } = this.#runtime;
    const { length } = this.#sequence;
    const tokens: number[] = [];
    for (let first = 0; first < rows.length; first += rowsPerPrefill) {
      const plan = planRows(rows.slice(first, first + rowsPerPrefill), this.#subject.layers.length);
      const taken = plan.slotOf.map((slot, index) => ({ slot, row: first + index }));
      const last = plan.slotOf.map((slot) => slot * length + length - 1);
      const outputs = await prefill(backend, decoder, this.#subject, this.#sequence, {
        plan,
        sources,
        cache: { store: this.#cache, capacity: length + maxNewTokens, rows: taken },
        ...(this.#head ? { head: { spec: this.#head, positions: last } } : {}),
        ...(signal ? { signal } : {}),
      });
      const batch = taken.map(({ row }) => row);
      tokens.push(...(await this.#choose(outputs, last, batch)));
    }
    return tokens;
  }

  /**
   * One token further: `tokens[i]` is what row `batch[i]` said at step `step` (the first is step 0); returns
   * what each says next.
   */
  async step(tokens: readonly number[], step: number, batch: readonly number[]): Promise<number[]> {
    const { backend, decoder } = this.#runtime;
    const { config, embedding } = this.#subject.rest;
    const rows = tokens.length;
    const position = textPositions(this.#options.nextPosition + step, 1);
    const { cos, sin } = mropeCosSin(position, config);
    const total = this.#sequence.length + step + 1;
    const shared: Feeds = {
      positions: backend.upload('int64', [rows, 1], new BigInt64Array(rows)),
      cos: backend.upload('float32', [1, cos.length], cos),
      sin: backend.upload('float32', [1, sin.length], sin),
      seqlens: backend.upload('int32', [rows], new Int32Array(rows).fill(total - 1)),
    };
    const host: Feeds = {
      batch_shape: backend.host('int64', [3], BigInt64Array.of(BigInt(rows), 1n, -1n)),
      total_length: backend.host('int32', [1], Int32Array.of(total)),
    };
    const positions = [...tokens.keys()];
    if (this.#head) {
      shared['last'] = backend.upload('int64', [rows], BigInt64Array.from(positions, BigInt));
    }
    const embedded = await embedding.lookup(tokens);
    let outputs: Feeds = { hidden_out: backend.upload('float32', [rows, 1, embedding.hiddenSize], embedded) };
    try {
      await this.#cache.reserve(total - 1);
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
            attention: 'cached',
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
            kv: 'new',
            ...(backend.sharedCache ? { into: this.#cache.into(segment.from, segment.to) } : {}),
          },
        );
        this.#cache.append(segment.from, segment.to, outputs, total - 1);
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
    this.#cache = await this.#cache.keep(entries);
  }

  dispose(): void {
    this.#releaseGates();
    this.#cache.dispose();
  }

  #planSegments(batch: readonly number[]): readonly DecodeSegment[] {
    const { decoder, backend } = this.#runtime;
    const layers = this.#subject.layers.length;
    const plan = planRows(
      batch.map((row) => this.#options.rows[row] as RowSpec),
      layers,
    );
    return segments(layers, decoder.longestRun(this.#subject), (layer) =>
      decoder.separates(this.#subject, layer),
    ).map((segment) => ({
      segment,
      gates: gateFeeds(backend, segment.from, segment.to, (layer, part) => plan.rowGate(layer, part)),
    }));
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
      if (sampling.temperature === 0) {
        if (!hidden) return bestTokens(outputs).map(({ token }) => token);
        return await head.greedy(reader, hidden, positions);
      }
      const logits = hidden
        ? await head.logits(reader, hidden, positions)
        : logitRows(outputs, positions.length);
      return logits.map((row, at) => sampleToken(row, sampling, this.#random[batch[at] as number] as Random));
    } finally {
      if (hidden) backend.dispose(hidden);
    }
  }

  #releaseGates(): void {
    for (const { gates } of this.#segments ?? []) {
      for (const tensor of Object.values(gates)) this.#runtime.backend.dispose(tensor);
    }
    this.#segments = null;
  }
}
