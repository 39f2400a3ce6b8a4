import { ASKED_TOGETHER } from '../evaluation/answers/answer-all.ts';
import type { Answer } from '../evaluation/answers/answer.ts';
import type { AnswerSettings, Ask } from '../evaluation/answers/ask.ts';
import { sha256OfText } from '../work/sha256.ts';
import { identify } from '../identity/identify.ts';
import type { GpuMemory } from '../study/journal/gpu-memory.ts';
import type { LoadedCheckpoint } from './checkpoints.ts';
import type { AnalysisContext } from './context.ts';

const RECORD = 'gpu memory';

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
 * Measures the run that generated answers, and keeps what it found beside them: a later run that is served from the cache
 * takes up no such memory, and repeats what was measured. Null off the GPU, and where all answers were made by runs that
 * asked something else.
 */
export async function gpuMemory(context: AnalysisContext, measured: Measured): Promise<GpuMemory | null> {
  const { loaded, asks, generated } = measured;
  const [first] = Object.values(loaded);
  const bytes = first && (await context.engine.bufferBytes(first.loaded.device));
  if (!bytes) return null;
  const keys = asks.map(({ key }) => key).join('\n');
  const identity = identify('gpu-memory', 'GPU memory of an evaluation', {
    answers: await sha256OfText(keys),
  });
  return context.journalled<GpuMemory, GpuMemory | null>(
    identity,
    1,
    async ({ finished, onRecord }) => {
      if (generated === 0) return finished?.get(RECORD) ?? null;
      const memory = await besideEstimate(context, measured, first, bytes.peak);
      await onRecord?.(RECORD, memory);
      return memory;
    },
    true,
  );
}

async function besideEstimate(
  { engine }: AnalysisContext,
  { loaded, asks, answers, settings: { maxNewTokens } }: Measured,
  first: LoadedCheckpoint,
  peakBytes: number,
): Promise<GpuMemory> {
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
    peakBytes,
    estimateBytes: weightBytes + kvCacheBytes + activationBytes,
    ...{ weightBytes, kvCacheBytes, activationBytes },
    ...{ rows, tokens: longest + maxNewTokens },
  };
}
