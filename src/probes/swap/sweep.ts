/** The visual-token swap, layer by layer (P1 Eq. 2, VFL; method.md §2). */
import type { PromptSpec } from '../../engine/protocol.ts';
import type { Subject } from '../../engine/subject.ts';
import type { LongWork } from '../../study/work.ts';
import type { Pair } from '../data/pair.ts';
import { eachSample } from '../each-sample.ts';
import type { ProbeEngine } from '../probe-engine.ts';
import { asJob } from '../probe-engine.ts';
import type { Said } from '../said.ts';
import { saidBy } from '../said.ts';
import type { Task } from '../task.ts';
import type { SwapMode } from './mode.ts';
import { checkLayers, swappedLayers } from './mode.ts';

export interface SwapSweep {
  readonly subject: Subject;
  /** Probed LLM layers, counted from 0. */
  readonly layers: readonly number[];
  readonly mode: SwapMode;
  /** 64 in the reference code, 128 in P1's table. */
  readonly maxNewTokens: number;
  /** Also ask for the model's own answer to the source image; always where the pair does not state it. */
  readonly answerSource?: boolean;
  /** Answers at most this many rows at once; default: as many as memory is estimated to hold. */
  readonly rowsPerBatch?: number;
  readonly prompt?: Pick<PromptSpec, 'system' | 'maxImagePixels'>;
}

/** One pair with every layer's swapped answer. What counts as changed is decided later, from this. */
export interface SwapRecord {
  readonly task: Task;
  readonly id: string;
  readonly prompt: string;
  readonly targetAnswer: string;
  readonly sourceAnswer: string;
  readonly iouThreshold?: number;
  readonly imageTokens: { readonly target: number; readonly source: number };
  /** The source's keys and values were resampled, for its image has another number of tokens. */
  readonly resampled: boolean;
  /** The target's answer without a swap. */
  readonly original: Said;
  /** The model's own answer to the source image; null where it was not asked for. */
  readonly source: Said | null;
  readonly swapped: readonly SwappedAnswer[];
}

export interface SwappedAnswer extends Said {
  /** Counted from 0. */
  readonly layer: number;
}

/** A pair's name across runs and tasks. */
export function pairKey({ task, id }: Pick<Pair, 'task' | 'id'>): string {
  return `${task}/${id}`;
}

/**
 * Sweeps the swap over layers: the source's K (after RoPE) and V are captured once, the target is answered once plain
 * and once per layer as rows of one batch, greedily. A record per pair.
 *
 * @throws NamedError `Cancelled`, `UnknownLayer`, `NoLayers`, and the engine's, naming the pair.
 */
export async function sweepSwaps(
  engine: ProbeEngine,
  pairs: readonly Pair[],
  sweep: SwapSweep,
  work: LongWork<SwapRecord> = {},
): Promise<readonly SwapRecord[]> {
  checkLayers(sweep.layers, sweep.subject.layers.length);
  return eachSample(pairs, pairKey, work, (pair) => swapPair(engine, pair, sweep, work.signal));
}

async function swapPair(
  engine: ProbeEngine,
  pair: Pair,
  { subject, layers, mode, maxNewTokens, answerSource, rowsPerBatch, prompt }: SwapSweep,
  signal: AbortSignal | undefined,
): Promise<SwapRecord> {
  const ask = { ...prompt, subject, prompt: pair.prompt };
  const capturing = { ...ask, images: [pair.source] };
  // A cancel does not wait for the capture, which may still give a handle: it is given back whenever it comes.
  let captured: Promise<string> | undefined;
  try {
    const handle = await asJob(
      engine,
      signal,
      (job) => (captured = engine.captureImageKv({ ...capturing, job })),
    );
    const result = await asJob(engine, signal, (job) =>
      engine.generate(
        {
          ...ask,
          job,
          images: [pair.target],
          maxNewTokens,
          ...(rowsPerBatch === undefined ? {} : { rowsPerBatch }),
          rows: [
            {},
            ...layers.map((layer) => ({
              swap: { source: handle, layers: swappedLayers(mode, layer, subject.layers.length) },
            })),
          ],
        },
        () => undefined,
      ),
    );
    const [plain, ...rows] = result.rows;
    const source =
      (answerSource ?? false) || pair.sourceAnswer === ''
        ? await asJob(engine, signal, (job) =>
            engine.generate({ ...capturing, job, maxNewTokens }, () => undefined),
          )
        : null;
    const sourceTokens = rows[0]?.sourceTokens ?? result.imageTokens;
    return {
      task: pair.task,
      id: pair.id,
      prompt: pair.prompt,
      targetAnswer: pair.targetAnswer,
      sourceAnswer: pair.sourceAnswer,
      ...(pair.iouThreshold === undefined ? {} : { iouThreshold: pair.iouThreshold }),
      imageTokens: { target: result.imageTokens, source: sourceTokens },
      resampled: sourceTokens !== result.imageTokens,
      original: saidBy(plain),
      source: source ? saidBy(source.rows[0]) : null,
      swapped: layers.map((layer, index) => ({ layer, ...saidBy(rows[index]) })),
    };
  } finally {
    void captured?.then((handle) => engine.releaseKv(handle)).catch(() => undefined);
  }
}
