import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Backend } from '../engine/backend/backend.ts';
import { generate, type GenerateOptions } from '../engine/generate.ts';
import type { Sequence } from '../engine/prefill.ts';
import type { WeightDtype } from '../engine/protocol/device.ts';
import type { RowSpec } from '../engine/protocol/intervention.ts';
import type { Resident, ResidentSubject } from '../engine/resident.ts';
import type { Runtime } from '../engine/runtime.ts';
import { storedEmbedding } from '../engine/stored-embedding.ts';
import { embedSequence } from '../engine/sequence.ts';
import type { ModelId } from '../engine/subject.ts';
import { WeightArrays } from '../engine/weights/arrays.ts';
import type { ReadAndConvert } from '../engine/weights/load.ts';
import { loadWeights } from '../engine/weights/load.ts';
import { headShards, planWeights } from '../engine/weights/plan.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { seededRandom } from '../work/seeded-random.ts';

export interface LoadedSubject {
  readonly subject: ResidentSubject;
  readonly checkpoint: Checkpoint;
  readonly bytesRead: number;
  readonly seconds: number;
}

/** Loads a synthetic checkpoint by the engine's own path. */
export async function loadSubject(
  backend: Backend,
  config: VlmConfig,
  files: CheckpointFiles,
  dtype: WeightDtype,
  convert: ReadAndConvert,
): Promise<LoadedSubject> {
  const checkpoint = await openCheckpoint(files);
  const arrays = new WeightArrays(backend);
  const started = performance.now();
  const plan = planWeights(config, dtype, backend.maxTensorBytes);
  const { bytesRead } = await loadWeights(checkpoint, plan, arrays, { convert });
  const seconds = (performance.now() - started) / 1000;
  const resident: Resident = {
    id: 'bench' as ModelId,
    config,
    dtype,
    format: dtype,
    arrays,
    headShards: headShards(config.text, dtype, backend.maxTensorBytes),
    embedding: storedEmbedding(checkpoint, config.text),
  };
  const subject = { layers: Array.from({ length: config.text.layers }, () => resident), rest: resident };
  return { subject, checkpoint, bytesRead, seconds };
}

/** A prompt of `length` random tokens. */
export async function randomSequence(
  { rest }: ResidentSubject,
  length: number,
): Promise<{ sequence: Sequence; nextPosition: number }> {
  const random = seededRandom(3);
  const { vocabSize } = rest.config.text;
  const inputIds = Array.from({ length }, () => Math.floor(random() * vocabSize));
  return embedSequence(rest.config, rest.embedding, {
    inputIds,
    imageSpans: [],
    grids: [],
    imageFeatures: [],
  });
}

/** One batch of greedy answers without early ends; milliseconds of each decode step, those of one run alike, and of the whole with its prefill. */
export async function timedRun(
  runtime: Runtime,
  subject: ResidentSubject,
  sequence: Sequence,
  asked: Pick<GenerateOptions, 'nextPosition' | 'maxNewTokens'> & { readonly rows: readonly RowSpec[] },
): Promise<{ tokens: readonly number[]; milliseconds: number[]; total: number }> {
  /** Steps whose tokens were told in one go, and when. */
  const runs: { readonly told: number; steps: number }[] = [];
  let telling = false;
  const started = performance.now();
  const [first] = await generate(runtime, subject, sequence, {
    ...asked,
    sampling: { temperature: 0, seed: 0 },
    sources: new Map(),
    rowsPerPrefill: asked.rows.length,
    onToken: (row) => {
      if (row !== 0) return;
      if (!telling) runs.push({ told: performance.now(), steps: 0 });
      (runs.at(-1) as { steps: number }).steps += 1;
      telling = true;
      queueMicrotask(() => (telling = false));
    },
  });
  return {
    tokens: first?.tokens ?? [],
    milliseconds: runs.slice(1).flatMap(({ told, steps }, index) => {
      const each = (told - (runs[index] as { told: number }).told) / steps;
      return Array.from({ length: steps }, () => each);
    }),
    total: performance.now() - started,
  };
}

/** Median of a few numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
