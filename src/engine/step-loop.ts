/** Several greedy decode steps in one run. */
import type { StepBatch } from './answering-rows.ts';
import { endTokens } from './answering-rows.ts';
import type { TextConfig } from '../vlm/config.ts';
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import { bestTokens } from './head.ts';
import type { KvCache } from './kv-cache.ts';
import { MASKED } from './prefill.ts';
import type { ResidentSubject } from './resident.ts';
import { MULTIPLICATIONS_PER_RUN, multiplicationsPerToken } from './run-length.ts';
import type { Runtime } from './runtime.ts';

/**
 * Most steps of a run. What a run costs besides its steps (handing over keys and values, mostly) is a quarter to half of a step; and tokens are told,
 * and a cancel noticed, once a run.
 */
export const STEPS_PER_RUN = 8;

export interface StepPlaces {
  /** Where each row's token stands. */
  readonly places: readonly number[];
  /** Rotary angles of `count` prompts for each step, `[steps · count, headDim / 2]`, and which of a step's each row takes. */
  readonly cos: Tensor;
  readonly sin: Tensor;
  readonly angleOf: readonly number[];
  readonly count: number;
}

/** How many steps a run does at most: no more than the row that may go furthest has left, nor than take long. */
export function stepsAtMost({ finished, left }: StepBatch, text: TextConfig): number {
  const long = Math.floor(MULTIPLICATIONS_PER_RUN / (finished.length * multiplicationsPerToken(text)));
  return Math.min(
    STEPS_PER_RUN,
    Math.max(1, long),
    Math.max(...left.filter((_, at) => finished[at] !== true)),
  );
}

/**
 * Goes on until the batch is to be copied, all rows are finished, or `steps` steps are done; the cache, which is settled before, takes over what was added
 * for the tokens that were read. Returns what each row says, step by step.
 *
 * @throws NamedError `NonFiniteLogits`; those of the device.
 */
export async function runSteps(
  { backend, decoder }: Runtime,
  subject: ResidentSubject,
  batch: StepBatch,
  places: StepPlaces,
  steps: number,
  cache: KvCache,
  gates: Feeds,
): Promise<readonly (readonly number[])[]> {
  const layers = subject.layers.length;
  const outputs = await decoder.runLoop(subject, Object.keys(gates).length > 0, {
    ...gates,
    ...cache.past(0, layers),
    ...stateFeeds(backend, batch, endTokens(subject.rest.config.tokens), steps),
    ...placeFeeds(backend, places, cache.room(0)),
  });
  const rows = batch.tokens.length;
  const best = bestTokens({ token: outputs['tokens'] as Tensor, logit: outputs['logits'] as Tensor });
  const done = best.length / rows;
  cache.add({ outputs, positions: places.places, steps: done });
  return Array.from({ length: done }, (_, step) =>
    best.slice(step * rows, (step + 1) * rows).map(({ token }) => token),
  );
}

function stateFeeds(backend: Backend, batch: StepBatch, ends: readonly number[], steps: number): Feeds {
  const rows = batch.tokens.length;
  return {
    steps: int64(backend, [], [steps]),
    going: backend.host('bool', [], Uint8Array.of(1)),
    batch_shape: int64(backend, [3], [rows, 1, -1]),
    token: int64(backend, [rows], batch.tokens),
    finished: backend.host('bool', [rows], Uint8Array.from(batch.finished, Number)),
    left: int64(backend, [rows], batch.left),
    ends: int64(backend, [ends.length], ends),
    wasted: int64(backend, [], [batch.wasted]),
  };
}

function placeFeeds(backend: Backend, { places, cos, sin, angleOf, count }: StepPlaces, room: number): Feeds {
  const rows = places.length;
  const mask = new Float32Array(rows * room);
  places.forEach((place, row) => mask.fill(MASKED, row * room + place, (row + 1) * room));
  return {
    cos,
    sin,
    positions: int64(backend, [rows, 1], angleOf),
    angles: int64(backend, [], [count]),
    mask: backend.host('float32', [rows, 1, 1, room], mask),
    room: int64(backend, [1], [room]),
  };
}

function int64(backend: Backend, dims: readonly number[], values: readonly number[]): Tensor {
  return backend.host('int64', dims, BigInt64Array.from(values, BigInt));
}
