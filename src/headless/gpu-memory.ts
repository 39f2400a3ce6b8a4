import { ASKED_TOGETHER } from '../evaluation/answers/answer-all.ts';
import type { Answer } from '../evaluation/answers/answer.ts';
import type { AnswerSettings, Ask } from '../evaluation/answers/ask.ts';
import type { LoadedCheckpoint } from './checkpoints.ts';
import type { AnalysisContext } from './context.ts';

/** What the buffers of a GPU took at most, beside the estimate for the largest batch that was asked. */
export interface GpuMemory {
  readonly peakBytes: number;
  readonly estimateBytes: number;
  readonly weightBytes: number;
  readonly kvCacheBytes: number;
  readonly activationBytes: number;
  /** Of the batch that is estimated. */
  readonly rows: number;
  readonly tokens: number;
}

/** An evaluation whose memory is measured. */
export interface Measured {
  readonly loaded: Readonly<Record<string, LoadedCheckpoint>>;
  readonly asks: readonly Ask[];
  readonly answers: ReadonlyMap<string, Answer>;
  readonly settings: AnswerSettings;
  /** How many of the answers this run generated. */
  readonly generated: number;
}

/**
 * What this run took of the GPU, in bytes: a fact of the run, told in `frankenscope.run` and kept with no record. Null off the GPU, and
 * where all answers were kept by earlier runs: it took no such memory.
 *
 * @throws NamedError those of the engine
 */
export async function gpuMemory(
  { engine }: Pick<AnalysisContext, 'engine'>,
  { loaded, asks, answers, settings: { maxNewTokens }, generated }: Measured,
): Promise<GpuMemory | null> {
  const [first] = Object.values(loaded);
  const bytes = first && (await engine.bufferBytes(first.loaded.device));
  if (!bytes || generated === 0) return null;
  const { id, device, dtype } = first.loaded;
  const longest = Math.max(0, ...[...answers.values()].map(({ promptTokens = 0 }) => promptTokens));
  const { fingerprint } = (asks[0] as Ask).variant;
  const own = new Set(
    asks.filter(({ variant }) => variant.fingerprint === fingerprint).map(({ key }) => key),
  );
  const rows = Math.min(ASKED_TOGETHER, own.size);
  const estimate = await engine.estimate(id, { device, dtype }, rows, longest + maxNewTokens);
  const weightBytes = Object.values(loaded).reduce((sum, { loaded: model }) => sum + model.weightBytes, 0);
  const { kvCacheBytes, activationBytes } = estimate;
  return {
    peakBytes: bytes.peak,
    estimateBytes: weightBytes + kvCacheBytes + activationBytes,
    ...{ weightBytes, kvCacheBytes, activationBytes },
    ...{ rows, tokens: longest + maxNewTokens },
  };
}
