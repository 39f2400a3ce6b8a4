/** The visual-token swap, layer by layer (P1 Eq. 2, VFL; docs/method.md §2). */
import type { LayerRow } from '../../layer-index.ts';
import type { GenerateAllRequest, PromptAnswers } from '../../engine/protocol/generation.ts';
import type { Injection, Reads } from '../../engine/protocol/intervention.ts';
import type { ImageReading, PromptSpec } from '../../engine/protocol/prompt.ts';
import type { Subject } from '../../engine/subject.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { Pair } from '../data/pair.ts';
import { eachGroup } from '../each-sample.ts';
import type { ProbeEngine } from '../probe-engine.ts';
import { asJob } from '../probe-engine.ts';
import { samplesPerBatch } from '../rows-at-once.ts';
import type { FinishedAnswer } from '../finished-answer.ts';
import { finishedAnswer } from '../finished-answer.ts';
import type { Task } from '../task.ts';
import type { SwapMode } from './mode.ts';
import { checkProbed, readApart, swappedLayers } from './mode.ts';

export interface SwapSweep {
  readonly subject: Subject;
  /** Those probed. */
  readonly layers: readonly LayerRow[];
  readonly mode: SwapMode;
  /** Left out: all. */
  readonly reads?: Reads;
  /** What becomes of injected image features. Left out: they are kept. */
  readonly injection?: Injection;
  /** 64 in the reference code, 128 in P1's table. */
  readonly maxNewTokens: number;
  /** Also ask for the model's own answer to the source image; always where the pair does not state it. */
  readonly answerSource?: boolean;
  /** Answers at most this many rows at once, of several pairs where they fit; memory may allow fewer. */
  readonly rowsPerBatch?: number;
  readonly prompt?: Pick<PromptSpec, 'system' | keyof ImageReading>;
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
  readonly original: FinishedAnswer;
  /** The model's own answer to the source image; null where it was not asked for. */
  readonly source: FinishedAnswer | null;
  readonly swapped: readonly SwappedAnswer[];
}

export interface SwappedAnswer extends FinishedAnswer {
  readonly layer: LayerRow;
}

/** A pair's name across runs and tasks. */
export function pairKey({ task, id }: Pick<Pair, 'task' | 'id'>): string {
  return `${task}/${id}`;
}

/**
 * Sweeps the swap over layers: the source's K (after RoPE) and V are captured once, the target is answered once plain
 * and once per layer as rows of a batch, greedily; several pairs share a batch. A record per pair.
 *
 * @throws NamedError `Cancelled`, `UnknownLayer`, `NoLayers`, and the engine's, naming the pair.
 */
export async function sweepSwaps(
  engine: ProbeEngine,
  pairs: readonly Pair[],
  sweep: SwapSweep,
  work: LongWork<SwapRecord> = {},
): Promise<readonly SwapRecord[]> {
  checkProbed(sweep.layers, sweep.subject.layers.length);
  const size = samplesPerBatch(1 + sweep.layers.length, sweep.rowsPerBatch);
  return eachGroup(pairs, work, {
    ...{ engine, subjects: [sweep.subject], size, keyOf: pairKey },
    compute: (group, lane, signal) => swapPairs(lane, group, sweep, signal),
  });
}

async function swapPairs(
  engine: ProbeEngine,
  pairs: readonly Pair[],
  { subject, layers, mode, reads, injection, maxNewTokens, answerSource, rowsPerBatch, prompt }: SwapSweep,
  signal: AbortSignal | undefined,
): Promise<SwapRecord[]> {
  const ask = (pair: Pair, image: Blob) => ({ ...prompt, prompt: pair.prompt, images: [image] });
  // A cancel does not wait for the capture, which may still give handles: they are given back whenever they come.
  let captured: Promise<readonly string[]> | undefined;
  try {
    const sources = await asJob(engine, signal, (job) => {
      const prompts = pairs.map((pair) => ask(pair, pair.source));
      captured = engine.captureImagesKv({ job, subject, prompts });
      return captured;
    });
    const targets = pairs.map((pair, index): GenerateAllRequest['prompts'][number] => {
      const source = sources[index] as string;
      const swaps = layers.map((layer) => ({
        swap: {
          ...{ source, layers: swappedLayers(mode, layer, subject.layers.length), ...readApart(mode, reads) },
          ...(injection === undefined ? {} : { injection }),
        },
      }));
      return { ...ask(pair, pair.target), rows: [{}, ...swaps] };
    });
    const unstated = pairs.filter((pair) => (answerSource ?? false) || pair.sourceAnswer === '');
    const answers = await asJob(engine, signal, (job) =>
      engine.generateAll({
        job,
        subject,
        maxNewTokens,
        ...(rowsPerBatch === undefined ? {} : { rowsPerBatch }),
        prompts: [...targets, ...unstated.map((pair) => ask(pair, pair.source))],
      }),
    );
    const own = new Map(unstated.map((pair, index) => [pair, answers[pairs.length + index]]));
    return pairs.map((pair, index) => {
      const { rows, imageTokens } = answers[index] as PromptAnswers;
      const [plain, ...swapped] = rows;
      const sourceTokens = swapped[0]?.sourceTokens ?? imageTokens;
      const source = own.get(pair);
      return {
        task: pair.task,
        id: pair.id,
        prompt: pair.prompt,
        targetAnswer: pair.targetAnswer,
        sourceAnswer: pair.sourceAnswer,
        ...(pair.iouThreshold === undefined ? {} : { iouThreshold: pair.iouThreshold }),
        imageTokens: { target: imageTokens, source: sourceTokens },
        resampled: sourceTokens !== imageTokens,
        original: finishedAnswer(plain),
        source: source ? finishedAnswer(source.rows[0]) : null,
        swapped: layers.map((layer, at) => ({ layer, ...finishedAnswer(swapped[at]) })),
      };
    });
  } finally {
    void captured
      ?.then((handles) => Promise.all(handles.map((handle) => engine.releaseKv(handle))))
      .catch(() => undefined);
  }
}
