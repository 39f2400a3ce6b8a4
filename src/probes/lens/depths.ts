import type { Interval } from '../../statistics/wilson.ts';
import { wilson } from '../../statistics/wilson.ts';
import type { Mean } from '../summary/mean.ts';
import { meanOf, medianOf } from '../summary/mean.ts';
import type { LensRecord } from './lens.ts';

/** How readable the answer is after some layers. */
export interface LensDepth {
  /** Layers behind: 0 is the embedding. */
  readonly depth: number;
  /** Share of samples whose most likely token is the answer's first. */
  readonly readable: number;
  readonly interval: Interval;
  readonly probability: Mean;
  readonly medianRank: number;
}

export interface ModelDepths {
  readonly name: string;
  readonly n: number;
  /** Samples whose response ended before an answer. */
  readonly without: number;
  readonly depths: readonly LensDepth[];
}

/** Per model and depth, over samples. */
export function lensByDepth(records: readonly LensRecord[]): readonly ModelDepths[] {
  const names = [...new Set(records.flatMap(({ models }) => models.map(({ name }) => name)))];
  return names.map((name) => {
    const all = records.flatMap(({ models }) => models.filter((model) => model.name === name));
    const own = all.filter(({ answer }) => answer !== null);
    const depths = Array.from({ length: own[0]?.layers.length ?? 0 }, (_, depth): LensDepth => {
      const readings = own.flatMap(({ layers }) => layers[depth] ?? []);
      const first = readings.filter(({ rank }) => rank === 1).length;
      return {
        depth,
        readable: first / readings.length,
        interval: wilson(first, readings.length),
        probability: meanOf(readings.map(({ probability }) => probability)) as Mean,
        medianRank: medianOf(readings.map(({ rank }) => rank)),
      };
    });
    return { name, n: own.length, without: all.length - own.length, depths };
  });
}

/** `logit_lens.json`: how readable the answer is by depth and model, and the readings behind it. */
export function lensFile(
  records: readonly LensRecord[],
  metadata: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return {
    metadata,
    models: lensByDepth(records).map(({ name, n, without, depths }) => ({
      name,
      n,
      without,
      depths: depths.map(({ depth, readable, interval, probability, medianRank }) => ({
        depth,
        readable,
        interval,
        probability: probability.mean,
        median_rank: medianRank,
      })),
    })),
    samples: records.flatMap(({ id, question, models }) =>
      models.map(({ name, response, answer, layers }) => ({
        id,
        question,
        model: name,
        full_response: response,
        answer_token: answer?.text ?? null,
        depths: layers.map(({ top, topk, probability, rank }) => ({
          top: top.text,
          top_probability: top.probability,
          ...(topk ? { topk: topk.map(({ text, probability }) => ({ text, probability })) } : {}),
          probability,
          rank,
        })),
      })),
    ),
  };
}
