/** Reading the rest of several prompts in one run: what stands before it is the same in all of them, and was read once. */
import type { HeadSpec } from '../graph/head.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import type { Decoder, DecoderVariant } from './decoder.ts';
import { rowsExtended, rowsPerBatch } from './estimate.ts';
import { growingFeeds } from './growing-batch.ts';
import type { KvEntry } from './kv-cache.ts';
import type { Sequence } from './prefill.ts';
import { MASKED } from './prefill.ts';
import type { ResidentSubject } from './resident.ts';

/** A run of so many prompts reads each of them in half the time; more of them hardly faster. */
const PROMPTS_PER_RUN = 16;

/**
 * Prompts of which `fresh` tokens each may be read in a run, on `seen` positions, themselves included; 1 where only one can be: on a device that is
 * not the CPU, or where the stack is run in pieces.
 */
export function promptsPerRun(
  backend: Backend,
  decoder: Decoder,
  subject: ResidentSubject,
  shape: { readonly fresh: number; readonly seen: number },
): number {
  const layers = subject.layers.length;
  const inPieces =
    decoder.longestRun(subject) < layers ||
    subject.layers.some((_, layer) => layer > 0 && decoder.separates(subject, layer));
  if (backend.sharedCache || inPieces) return 1;
  const { text } = subject.rest.config;
  const fit = Math.min(rowsExtended(text, shape, backend), rowsPerBatch(text, shape.seen, backend));
  return Math.max(1, Math.min(PROMPTS_PER_RUN, fit));
}

/**
 * Reads sequences of equal length and equal rotary angles in the plain run. `before` holds what stands before each, `[1, kvHeads, P, headDim]` a layer, and stays the
 * caller's; what each adds to it comes in their order, `[sequences, kvHeads, length, headDim]` a layer, and is the caller's.
 *
 * @param head of the graph that is run, as other reads have it: weights are compiled in once
 */
export async function readTogether(
  backend: Backend,
  decoder: Decoder,
  subject: ResidentSubject,
  before: readonly KvEntry[],
  sequences: readonly Sequence[],
  head: HeadSpec | undefined,
): Promise<readonly KvEntry[]> {
  const [{ length, injections, rotary }] = sequences as readonly [Sequence];
  const past = (before[0] as KvEntry).key.dims[2] as number;
  const { hiddenSize } = subject.rest.config.text;
  const slots = sequences.length;
  const upload = (dims: readonly number[], of: (sequence: Sequence) => Float32Array): Tensor =>
    backend.upload('float32', dims, joined(sequences.map(of)));
  const angles = [length, rotary.cos.length / length];
  const whole = { from: 0, to: subject.layers.length };
  const batch = growingFeeds(backend, { active: () => slots }, whole, length, slots);
  const made: Feeds = {
    hidden: upload([slots, length, hiddenSize], ({ hidden }) => hidden),
    cos: backend.upload('float32', angles, rotary.cos),
    sin: backend.upload('float32', angles, rotary.sin),
    ...batch.device,
    mask: backend.upload('float32', [1, 1, length, past + length], causal(past, length)),
    ...(head ? { last: backend.upload('int64', [1], BigInt64Array.of(BigInt(length - 1))) } : {}),
  };
  injections.forEach(({ layer }, index) => {
    made[`${layer}.injection`] = upload(
      [slots, length, hiddenSize],
      (sequence) => sequence.injections[index]?.values as Float32Array,
    );
  });
  const variant: DecoderVariant = {
    ...{ gates: false, swap: false, captureKv: false, attention: 'extended', grows: true },
    ...(injections.length > 0 ? { injections: injections.map(({ layer }) => layer) } : {}),
    ...(head ? { head } : {}),
  };
  const feeds: Feeds = {
    ...made,
    parts: backend.host('int64', [2], BigInt64Array.of(BigInt(past), BigInt(length))),
    ...batch.host,
  };
  before.forEach(({ key, value }, layer) => {
    feeds[`${layer}.past_key`] = key;
    feeds[`${layer}.past_value`] = value;
  });
  try {
    const outputs = await decoder.run(subject, whole, variant, feeds, { kv: true });
    if (outputs['hidden_out']) backend.dispose(outputs['hidden_out']);
    return before.map((_, layer) => ({
      key: outputs[`${layer}.fresh_key`] as Tensor,
      value: outputs[`${layer}.fresh_value`] as Tensor,
    }));
  } finally {
    for (const tensor of Object.values(made)) backend.dispose(tensor);
  }
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

/** `[length, past + length]`: each token sees what was there before, those before it, and itself. */
function causal(past: number, length: number): Float32Array {
  const width = past + length;
  const mask = new Float32Array(length * width);
  for (let row = 0; row < length; row++) mask.fill(MASKED, row * width + past + row + 1, (row + 1) * width);
  return mask;
}
