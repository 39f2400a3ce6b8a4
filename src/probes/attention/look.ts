/** Where on the image one generated token looks, per layer. */
import type { PromptSpec } from '../../engine/protocol/prompt.ts';
import type { Subject } from '../../engine/subject.ts';
import type { ProbeEngine } from '../probe-engine.ts';
import { asJob } from '../probe-engine.ts';
import type { Response } from '../respond.ts';

export interface Look {
  readonly rows: number;
  readonly columns: number;
  /** `[layers][heads]`, each `[rows × columns]`: attention onto each image token. */
  readonly maps: readonly (readonly Float32Array[])[];
}

/**
 * Attention of token `index` of a response onto each token of the (first) image, teacher-forced.
 *
 * @throws NamedError `Cancelled`, and the engine's.
 */
export async function lookAt(
  engine: ProbeEngine,
  ask: PromptSpec & { readonly subject: Subject },
  { read, promptTokens, imageSpans }: Response,
  index: number,
  signal?: AbortSignal,
): Promise<Look> {
  const [imageStart, imageTokens] = imageSpans[0] ?? [0, 0];
  const keys = Array.from({ length: imageTokens }, (_, offset) => imageStart + offset);
  const result = await asJob(engine, signal, (job) =>
    engine.forward({
      ...ask,
      job,
      continuation: read.slice(0, index + 1),
      capture: { attention: { keys, queries: [promptTokens + index], perKey: true } },
    }),
  );
  const [rows, columns] = result.imageGrids[0] ?? [0, 0];
  const maps = (result.rows[0]?.attentionMass ?? []).map((layer) =>
    Array.from({ length: layer.length / imageTokens }, (_, head) =>
      layer.slice(head * imageTokens, (head + 1) * imageTokens),
    ),
  );
  return { rows, columns, maps };
}

/** Mean over heads of one layer's maps. */
export function meanOverHeads(heads: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(heads[0]?.length ?? 0);
  for (const head of heads)
    head.forEach((value, at) => (mean[at] = (mean[at] as number) + value / heads.length));
  return mean;
}
