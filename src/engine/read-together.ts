/** Reading the rest of several prompts in the same runs: what stands before it is the same in all of them, and was read once. */
import type { HeadSpec } from '../graph/head.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import type { Decoder, DecoderVariant } from './decoder.ts';
import { rowsExtended } from './estimate.ts';
import { growingFeeds } from './growing-batch.ts';
import type { KvEntry } from './kv-cache.ts';
import type { Sequence } from './prefill.ts';
import { MASKED } from './prefill.ts';
import type { ResidentSubject } from './resident.ts';
import { MULTIPLICATIONS_PER_RUN, multiplicationsPerCell } from './run-length.ts';
import type { Segment } from './segments.ts';
import { segments } from './segments.ts';
import type { ReadSoFar } from './shared-layers.ts';

/** Keys and values that are handed over at once, those of all prompts and layers. */
const HANDED_BYTES = 64 * 2 ** 20;

/**
 * Prompts of which `fresh` tokens each may be read in one run, on `seen` positions, themselves included. 1 where a run saves nothing: on a GPU, and
 * for models so large that they are run in pieces.
 */
export function promptsPerRun(...read: Parameters<typeof promptsThatFit>): number {
  return Math.max(1, promptsThatFit(...read));
}

/** The same; 0 where not even one is to be read so. */
export function promptsThatFit(
  backend: Backend,
  decoder: Decoder,
  subject: ResidentSubject,
  shape: { readonly fresh: number; readonly seen: number },
): number {
  if (!backend.constantWeights || decoder.longestRun(subject) < subject.layers.length) return 0;
  const { text } = subject.rest.config;
  const cells = shape.fresh * text.layers;
  const bytes = 2 * cells * text.kvHeads * text.headDim * Float32Array.BYTES_PER_ELEMENT;
  const fit = Math.min(
    rowsExtended(text, shape, backend),
    HANDED_BYTES / bytes,
    MULTIPLICATIONS_PER_RUN / (cells * multiplicationsPerCell(text)),
  );
  return Math.floor(fit);
}

/** Of prompts those that can be read with the first: as long, with images of the same grids at the same places. */
export function alike<T extends { readonly sequence: Sequence }>(
  prompts: readonly [T, ...T[]],
): readonly T[] {
  const [{ sequence: first }] = prompts;
  return prompts.filter(
    ({ sequence }) =>
      sequence.length === first.length &&
      sequence.rotary.cos.every((value, index) => value === first.rotary.cos[index]) &&
      sequence.rotary.sin.every((value, index) => value === first.rotary.sin[index]),
  );
}

export interface TogetherOptions {
  /** What stands before each sequence, `[1, kvHeads, P, headDim]` a layer; it stays the caller's. */
  readonly before: readonly KvEntry[];
  /** Goes on with the head, on these positions (indices into sequences × length). */
  readonly head?: { readonly spec: HeadSpec; readonly positions: readonly number[] };
  /** What is read of them already, which this takes over. */
  readonly soFar?: ReadSoFar | undefined;
  /** Sees them before each layer that a run begins with, but the first. */
  readonly onRead?: (soFar: ReadSoFar) => Promise<void>;
  readonly signal?: AbortSignal;
}

/**
 * Reads sequences that are alike in the plain run. Returns the last run's outputs as `prefill` does, and what each sequence adds to what stands
 * before it, in their order, `[sequences, kvHeads, length, headDim]` a layer; all of it is the caller's. Rejects with the signal's reason.
 */
export async function readTogether(
  backend: Backend,
  decoder: Decoder,
  subject: ResidentSubject,
  sequences: readonly Sequence[],
  { before, head, soFar, onRead, signal }: TogetherOptions,
): Promise<{ readonly outputs: Feeds; readonly fresh: readonly KvEntry[] }> {
  const [{ length, rotary }] = sequences as readonly [Sequence];
  const past = (before[0] as KvEntry).key.dims[2] as number;
  const { hiddenSize } = subject.rest.config.text;
  const dims = [length, rotary.cos.length / length];
  const shared: Feeds = {
    cos: backend.upload('float32', dims, rotary.cos),
    sin: backend.upload('float32', dims, rotary.sin),
    mask: backend.upload('float32', [1, 1, length, past + length], causal(past, length)),
  };
  const ofAll = (values: readonly Float32Array[]): Tensor =>
    backend.upload('float32', [sequences.length, length, hiddenSize], joined(values));
  // Nothing joins on the way.
  const plan = { active: () => sequences.length };
  const fresh: KvEntry[] = [...(soFar?.layers ?? [])];
  let hidden = soFar?.hidden ?? ofAll(sequences.map((sequence) => sequence.hidden));
  let made: Feeds = {};
  try {
    const list = segments(subject.layers.length, decoder.longestRun(subject), (layer) =>
      decoder.separates(subject, layer),
    );
    let outputs: Feeds = {};
    for (const segment of list) {
      if (segment.from < (soFar?.layer ?? 0)) continue;
      signal?.throwIfAborted();
      const fused = segment.to === subject.layers.length ? head : undefined;
      const injected = injectionsWithin(segment, sequences, ofAll);
      const batch = growingFeeds(backend, plan, segment, length, sequences.length);
      made = {
        ...injected,
        ...batch.device,
        ...(fused ? { last: backend.upload('int64', [fused.positions.length], int64(fused.positions)) } : {}),
      };
      const host = { parts: backend.host('int64', [2], int64([past, length])), ...batch.host };
      const feeds = { hidden, ...shared, ...made, ...host, ...pastOf(segment, before) };
      const injections = Object.keys(injected).map((name) => parseInt(name));
      // The graph that reads prompts in rows, of which none is another than the one before it: weights are compiled in once.
      const variant: DecoderVariant = {
        ...{ gates: false, swap: false, captureKv: false, attention: 'extended', grows: true },
        ...(injections.length > 0 ? { injections } : {}),
        ...(fused ? { head: fused.spec } : {}),
      };
      outputs = await decoder.run(subject, segment, variant, feeds, { kv: true });
      for (let layer = 0; layer < segment.to - segment.from; layer++) {
        const entry = (part: keyof KvEntry): Tensor => outputs[`${layer}.fresh_${part}`] as Tensor;
        fresh.push({ key: entry('key'), value: entry('value') });
      }
      for (const tensor of [hidden, ...Object.values(made)]) backend.dispose(tensor);
      made = {};
      if (outputs['hidden_out']) hidden = outputs['hidden_out'];
      if (segment.to < subject.layers.length) await onRead?.({ layer: segment.to, hidden, layers: fresh });
    }
    return { outputs, fresh };
  } catch (error) {
    for (const { key, value } of fresh) for (const tensor of [key, value]) backend.dispose(tensor);
    for (const tensor of [hidden, ...Object.values(made)]) backend.dispose(tensor);
    throw error;
  } finally {
    for (const tensor of Object.values(shared)) backend.dispose(tensor);
  }
}

/** Feeds `i.past_key`, `i.past_value` for the layers of a segment. */
function pastOf({ from, to }: Segment, before: readonly KvEntry[]): Feeds {
  const feeds: Feeds = {};
  before.slice(from, to).forEach(({ key, value }, layer) => {
    feeds[`${layer}.past_key`] = key;
    feeds[`${layer}.past_value`] = value;
  });
  return feeds;
}

/** Feeds `i.injection` for the layers of a segment after which something is added, each sequence's own. */
function injectionsWithin(
  { from, to }: Segment,
  sequences: readonly Sequence[],
  ofAll: (values: readonly Float32Array[]) => Tensor,
): Feeds {
  const feeds: Feeds = {};
  sequences[0]?.injections.forEach(({ layer }, index) => {
    if (layer < from || layer >= to) return;
    const values = sequences.map(({ injections }) => injections[index]?.values as Float32Array);
    feeds[`${layer - from}.injection`] = ofAll(values);
  });
  return feeds;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function int64(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}

/** `[length, past + length]`: each token sees what was there before, those before it, and itself. */
function causal(past: number, length: number): Float32Array {
  const width = past + length;
  const mask = new Float32Array(length * width);
  for (let row = 0; row < length; row++) mask.fill(MASKED, row * width + past + row + 1, (row + 1) * width);
  return mask;
}
