/** Running a prompt through all layers, for a batch of counterfactual rows. */
import type { HeadSpec } from '../graph/head.ts';
import type { TextConfig } from '../vlm/config.ts';
import type { RotaryTable } from '../vlm/rotary.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import type { Decoder, DecoderVariant } from './decoder.ts';
import { rowsExtended } from './estimate.ts';
import { type GatePart, gateFeeds } from './gates.ts';
import { type BatchFeeds, growingFeeds, growsWithin } from './growing-batch.ts';
import { type InjectedSequence, injectionFeeds } from './injection.ts';
import type { KvCache, KvEntry, RowSource } from './kv-cache.ts';
import { unreadByImage } from './reads.ts';
import type { ResidentSubject } from './resident.ts';
import type { RowPlan } from './rows.ts';
import { rowsOfSlots } from './rows.ts';
import type { Segment } from './segments.ts';
import { segments } from './segments.ts';
import type { CapturedKv, Overlay } from './swap.ts';
import { checkPositions, swapFeeds } from './swap.ts';

/** Lengths, which operators read in host memory. */
const HOST_FEEDS = ['total_length', 'parts'];

/** A prompt ready for layer 0. */
export interface Sequence extends InjectedSequence {
  /** `[length × hiddenSize]`: token embeddings with the images' in place. */
  readonly hidden: Float32Array;
  /** `[length]`: its token ids. */
  readonly ids: readonly number[];
  readonly rotary: RotaryTable;
}

/** Keys and values that new tokens see besides their own. */
export interface Past {
  /** How many of the positions fed hold any, the first ones; and how many are fed. */
  readonly filled: number;
  readonly room: number;
  /** Those of a layer, `[1 or slots, kvHeads, room, headDim]`; `made` for this run, and given back after it. */
  at(
    layer: number,
    slots: number,
    overlays: readonly (Overlay | null)[] | undefined,
  ): Promise<{ readonly entry: KvEntry; readonly made: boolean }>;
  /** Is handed what a layer read, which stays the caller's, and takes over what it adds, `[slots, kvHeads, new, headDim]`. */
  keep(layer: number, past: KvEntry, fresh: KvEntry, active: number): Promise<void>;
}

/** Sees each layer's outputs before they are given back. Slots of the plan are the batch. */
export type LayerObserver = (layer: number, outputs: Feeds) => Promise<void>;

export interface PrefillOptions {
  readonly plan: RowPlan;
  /** Swap sources by handle. */
  readonly sources: ReadonlyMap<string, CapturedKv>;
  /** Keeps keys and values for decoding, with room for `capacity` positions. */
  readonly cache?: {
    readonly store: KvCache;
    readonly capacity: number;
    readonly rows: readonly RowSource[];
  };
  /** Hands over what each layer leaves behind, `[slots, kvHeads, length, headDim]`, instead of keeping a cache. Without a past only. */
  readonly keep?: (layer: number, present: KvEntry) => void;
  /** What was read before the sequence. */
  readonly past?: Past;
  /** Reads attention instead of keeping a cache: from `queries` to `keys`. */
  readonly probe?: {
    readonly queries: readonly number[];
    readonly keys: readonly number[];
    /** Each key by itself instead of their sum. */
    readonly perKey?: boolean;
  };
  /** Puts the head into the last run, on these positions (indices into slots × length). */
  readonly head?: { readonly spec: HeadSpec; readonly positions: readonly number[] };
  readonly observe?: LayerObserver;
  readonly signal?: AbortSignal;
}

/** Lowest float32: what a masked score is set to. */
export const MASKED = -3.4028234663852886e38;

/**
 * Returns the last run's outputs: `hidden_out [slots, length, hiddenSize]`, which the caller disposes, or those of
 * the head. A prefill that is cancelled (it rejects with the signal's reason) or fails holds nothing but what the
 * cache has taken over.
 */
export async function prefill(
  backend: Backend,
  decoder: Decoder,
  subject: ResidentSubject,
  sequence: Sequence,
  asked: PrefillOptions,
): Promise<Feeds> {
  const { plan, head } = asked;
  const { text } = subject.rest.config;
  const { length } = sequence;
  const options = readsCached(backend, text, length, asked)
    ? asked
    : { ...asked, past: noPast(backend, text, asked) };
  /** Inputs of the run under way. */
  let made: Tensor[] = [];
  let outputs: Feeds = {};
  const swapsAt = (layer: number): boolean => layer >= 0 && plan.slotSwaps(layer) !== null;
  const grows =
    options.past !== undefined &&
    options.probe === undefined &&
    options.observe === undefined &&
    growsWithin(backend, text, sequence, plan);
  const list = segments(
    subject.layers.length,
    decoder.longestRun(subject),
    (layer) =>
      decoder.separates(subject, layer) ||
      (!grows &&
        (options.observe !== undefined ||
          plan.active(layer) !== plan.active(layer - 1) ||
          swapsAt(layer) ||
          swapsAt(layer - 1))),
  );
  const shared = sharedFeeds(backend, sequence, options);
  let hidden = backend.upload('float32', [1, length, text.hiddenSize], sequence.hidden);
  try {
    for (const segment of list) {
      options.signal?.throwIfAborted();
      if (!grows) hidden = await grow(backend, hidden, plan.active(segment.from));
      const step = await segmentFeeds(backend, subject, sequence, options, segment, grows, made);
      const fused = head && segment.to === subject.layers.length ? head : undefined;
      outputs = await decoder.run(
        subject,
        segment,
        { ...step.variant, ...(fused ? { head: fused.spec } : {}) },
        { hidden, ...shared, ...step.feeds, ...(fused ? lastFeed(backend, fused.positions, made) : {}) },
        { kv: Boolean(options.cache ?? options.keep ?? asked.past), into: step.into },
      );
      const unswapped = grows ? null : plan.slotUnswapped(segment.from);
      if (unswapped) {
        const overlays = overlaysAt(segment.from, sequence, options) ?? [];
        const apart = { unswapped, overlays, offset: sequence.offset ?? 0 };
        outputs = await unreadByImage(backend, outputs, apart, options.probe?.queries ?? []);
      }
      await options.observe?.(segment.from, outputs);
      await (options.past
        ? keepFresh(options.past, plan, segment, step.feeds, outputs)
        : keepCache(backend, options, plan, segment, outputs));
      const kept = new Set(Object.values(step.into));
      for (const tensor of [hidden, ...made]) if (!kept.has(tensor)) backend.dispose(tensor);
      made = [];
      if (outputs['0.attention']) backend.dispose(outputs['0.attention']);
      if (outputs['hidden_out']) hidden = outputs['hidden_out'];
    }
    return outputs;
  } catch (error) {
    for (const tensor of [hidden, ...made]) backend.dispose(tensor);
    throw error;
  } finally {
    for (const [name, tensor] of Object.entries(shared)) {
      if (!HOST_FEEDS.includes(name)) backend.dispose(tensor);
    }
  }
}

/**
 * Whether the prompt is read by GroupQueryAttention, or with scores read out. On the CPU attention written out takes a sixth of its time, as
 * long as the scores of all slots fit beside the activations.
 */
function readsCached(
  backend: Backend,
  text: TextConfig,
  length: number,
  { plan, past, probe }: PrefillOptions,
): boolean {
  if (past || probe || backend.sharedCache) return true;
  return plan.slots > rowsExtended(text, { fresh: length, seen: length }, backend);
}

/** Nothing before the sequence; what its layers leave behind goes where the options say. */
function noPast(
  backend: Backend,
  { kvHeads, headDim }: TextConfig,
  { cache, keep }: Pick<PrefillOptions, 'cache' | 'keep'>,
): Past {
  const empty = (): Promise<Tensor> => backend.zeros('float32', [1, kvHeads, 0, headDim]);
  return {
    filled: 0,
    room: 0,
    at: async () => ({ entry: { key: await empty(), value: await empty() }, made: true }),
    keep: async (layer, _, fresh, active) => {
      if (cache) {
        const count = fresh.key.dims[2] as number;
        const { store, capacity, rows } = cache;
        await store.put(layer, fresh, rowsOfSlots(rows, active), { at: 0, count, capacity });
      } else if (keep) return keep(layer, fresh);
      for (const tensor of [fresh.key, fresh.value]) backend.dispose(tensor);
    },
  };
}

/** Hands what each layer adds to the past. */
async function keepFresh(
  past: Past,
  plan: RowPlan,
  { from, to }: Segment,
  feeds: Feeds,
  outputs: Feeds,
): Promise<void> {
  for (let layer = from; layer < to; layer++) {
    const entry = (side: Feeds, name: string): KvEntry => ({
      key: side[`${layer - from}.${name}_key`] as Tensor,
      value: side[`${layer - from}.${name}_value`] as Tensor,
    });
    if (!outputs[`${layer - from}.fresh_key`]) continue;
    await past.keep(layer, entry(feeds, 'past'), entry(outputs, 'fresh'), plan.active(layer));
  }
}

/** The only positions at which the last layer is computed to its end (`asksLast` of its graph); undefined where all are. */
function positionsAsked(
  { injections }: Sequence,
  { head }: PrefillOptions,
  layers: number,
): readonly number[] | undefined {
  return injections.some(({ layer }) => layer === layers - 1) ? undefined : head?.positions;
}

function lastFeed(backend: Backend, positions: readonly number[], made: Tensor[]): Feeds {
  const last = backend.upload('int64', [positions.length], BigInt64Array.from(positions, BigInt));
  made.push(last);
  return { last };
}

function sharedFeeds(backend: Backend, sequence: Sequence, { probe, past }: PrefillOptions): Feeds {
  const { length, rotary } = sequence;
  if (probe) checkPositions([...probe.keys, ...probe.queries], length, 'attention');
  const dims = [length, rotary.cos.length / length];
  const angles = {
    cos: backend.upload('float32', dims, rotary.cos),
    sin: backend.upload('float32', dims, rotary.sin),
  };
  if (past) {
    const parts = backend.host('int64', [2], BigInt64Array.of(BigInt(past.room), BigInt(length)));
    return { ...angles, mask: causalMask(backend, length, past), parts };
  }
  if (!probe) return { ...angles, total_length: backend.host('int32', [1], Int32Array.of(length)) };
  const sets = probe.perKey ? probe.keys.length : 1;
  const keySets = new Float32Array(length * sets);
  probe.keys.forEach((key, index) => (keySets[key * sets + (probe.perKey ? index : 0)] = 1));
  return {
    ...angles,
    mask: causalMask(backend, length, { filled: 0, room: 0 }),
    queries: backend.upload('int64', [probe.queries.length], BigInt64Array.from(probe.queries, BigInt)),
    key_sets: backend.upload('float32', [length, sets], keySets),
  };
}

/** `[1, 1, length, room + length]`: each token sees what of the past is filled, those before it, and itself. */
function causalMask(
  backend: Backend,
  length: number,
  { filled, room }: Pick<Past, 'filled' | 'room'>,
): Tensor {
  const width = room + length;
  const mask = new Float32Array(length * width);
  for (let row = 0; row < length; row++) {
    mask.fill(MASKED, row * width + filled, row * width + room);
    mask.fill(MASKED, row * width + room + row + 1, (row + 1) * width);
  }
  return backend.upload('float32', [1, 1, length, width], mask);
}

/** Adds copies of the trunk (slot 0) until the batch has `slots` entries. */
async function grow(backend: Backend, hidden: Tensor, slots: number): Promise<Tensor> {
  const [now, length, width] = hidden.dims as [number, number, number];
  if (now === slots) return hidden;
  const bytes = length * width * Float32Array.BYTES_PER_ELEMENT;
  const grown = await backend.zeros('float32', [slots, length, width]);
  backend.copy(hidden, grown, [
    { from: 0, to: 0, bytes: now * bytes },
    ...Array.from({ length: slots - now }, (_, index) => ({ from: 0, to: (now + index) * bytes, bytes })),
  ]);
  backend.dispose(hidden);
  return grown;
}

interface SegmentStep {
  readonly variant: DecoderVariant;
  readonly feeds: Feeds;
  /** Inputs that the run writes its outputs onto. */
  readonly into: Feeds;
}

/** Every device tensor it makes is entered in `made`, also when it fails half-way. */
async function segmentFeeds(
  backend: Backend,
  subject: ResidentSubject,
  sequence: Sequence,
  options: PrefillOptions,
  { from, to }: Segment,
  grows: boolean,
  made: Tensor[],
): Promise<SegmentStep> {
  const { plan, probe, past } = options;
  const slots = plan.active(from);
  const enter = (entered: Feeds): Feeds => {
    made.push(...Object.values(entered));
    return entered;
  };
  const { text } = subject.rest.config;
  const batch = grows
    ? growingFeeds(backend, plan, { from, to }, sequence.length)
    : batchFeeds(backend, slots, sequence.length);
  const feeds = enter(batch.device);
  const into: Feeds = {};
  const asked = positionsAsked(sequence, options, subject.layers.length);
  const gateOf = (layer: number, part: GatePart): Float32Array | null => {
    const scales = plan.slotGate(layer, part);
    if (!asked || !scales || layer < subject.layers.length - 1) return scales;
    return Float32Array.from(asked, (at) => scales[Math.floor(at / sequence.length)] as number);
  };
  const gates = enter(gateFeeds(backend, from, to, gateOf));
  const injected = enter(injectionFeeds(backend, sequence, { from, to }, options, text.hiddenSize));
  const { length, offset = 0 } = sequence;
  const layout = { sequence: length, offset, kvDim: text.kvHeads * text.headDim };
  const overlaid = Array.from({ length: to - from }, (_, index) =>
    overlaysAt(from + index, sequence, options),
  );
  // What is replaced before the sequence lies in its past.
  const swapped = overlaid.some((overlays) =>
    overlays?.some((overlay) => overlay && !inPast(overlay, offset)),
  );
  const swaps = swapped
    ? overlaid.map((overlays, index) =>
        enter(swapFeeds(backend, from + index, overlays ?? [null], layout, index)),
      )
    : [];
  if (past) {
    for (let layer = from; layer < to; layer++) {
      const { entry, made: own } = await past.at(layer, plan.active(layer), overlaid[layer - from]);
      const fed = { [`${layer - from}.past_key`]: entry.key, [`${layer - from}.past_value`]: entry.value };
      Object.assign(feeds, own ? enter(fed) : fed);
    }
  } else if (!probe) {
    const seqlens = new Int32Array(slots).fill(sequence.length - 1);
    Object.assign(feeds, enter({ seqlens: backend.upload('int32', [slots], seqlens) }));
    const room = backend.sharedCache ? (options.cache?.capacity ?? sequence.length) : 0;
    for (let layer = from; layer < to; layer++) {
      for (const part of ['key', 'value']) {
        const past = await backend.zeros('float32', [slots, text.kvHeads, room, text.headDim]);
        Object.assign(feeds, enter({ [`${layer - from}.past_${part}`]: past }));
        if (backend.sharedCache) into[`${layer - from}.present_${part}`] = past;
      }
    }
  }
  return {
    variant: {
      gates: Object.keys(gates).length > 0,
      swap: swapped,
      captureKv: false,
      attention: past ? 'extended' : probe ? 'probed' : 'cached',
      ...(grows ? { grows } : {}),
      ...injectedLayers(injected),
    },
    feeds: { ...feeds, ...gates, ...Object.assign({}, ...swaps), ...injected, ...batch.host },
    into,
  };
}

/** What says which entries a batch has that is the same at all layers, and where their tokens stand. */
function batchFeeds(backend: Backend, slots: number, length: number): BatchFeeds {
  const tokens = Array.from({ length: slots * length }, (_, index) => index % length);
  return {
    device: { positions: backend.upload('int64', [slots, length], BigInt64Array.from(tokens, BigInt)) },
    host: { batch_shape: backend.host('int64', [3], BigInt64Array.of(BigInt(slots), BigInt(length), -1n)) },
  };
}

function inPast({ positions }: Overlay, offset: number): boolean {
  return positions.length > 0 && positions.every((position) => position < offset);
}

/** What is laid over each slot at a layer; undefined where nothing is. */
function overlaysAt(
  layer: number,
  { imagePositions }: Sequence,
  { plan, sources }: PrefillOptions,
): readonly (Overlay | null)[] | undefined {
  return plan.slotSwaps(layer)?.map(
    (swap) =>
      swap && {
        source: sources.get(swap.source) as CapturedKv,
        positions: swap.positions ?? imagePositions,
      },
  );
}

/** The layers of a run, counted from its first, that the feeds inject something after. */
function injectedLayers(feeds: Feeds): Pick<DecoderVariant, 'injections'> {
  const injections = Object.keys(feeds).map((name) => parseInt(name));
  return injections.length > 0 ? { injections } : {};
}

/** Hands the layers' keys and values to the cache, or gives them back where none is kept. */
async function keepCache(
  backend: Backend,
  { cache, keep, probe }: PrefillOptions,
  plan: RowPlan,
  { from, to }: Segment,
  outputs: Feeds,
): Promise<void> {
  if (probe) return;
  const active = plan.active(from);
  for (let layer = from; layer < to; layer++) {
    const { [`${layer - from}.present_key`]: key, [`${layer - from}.present_value`]: value } = outputs;
    if (!key || !value) continue;
    if (cache) {
      await cache.store.install(layer, { key, value }, rowsOfSlots(cache.rows, active));
    } else if (keep) {
      keep(layer, { key, value });
    } else {
      backend.dispose(key);
      backend.dispose(value);
    }
  }
}
