import { bootstrapShare } from '../../statistics/bootstrap.ts';
import { mean } from '../../statistics/mean.ts';
import type { MeanWithin } from '../../statistics/mean-interval.ts';
import { medianOf } from '../../statistics/median.ts';
import type { Interval } from '../../statistics/wilson.ts';
import { wilson } from '../../statistics/wilson.ts';
import type { LensRecord } from './lens.ts';

/** How readable the answer is after some layers. */
export interface LensDepth {
  /** Layers behind: 0 is the embedding. */
  readonly depth: number;
  /** Samples whose most likely token is the answer's first; their share, and its interval (Wilson, 95 %). */
  readonly first: number;
  readonly readable: number;
  readonly interval: Interval;
  /** Of the answer's first token, mean over samples. */
  readonly probability: number;
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
        first,
        readable: first / readings.length,
        interval: wilson(first, readings.length),
        probability: mean(readings.map(({ probability }) => probability)),
        medianRank: medianOf(readings.map(({ rank }) => rank)),
      };
    });
    return { name, n: own.length, without: all.length - own.length, depths };
  });
}

/**
 * Mean share of samples whose answer can be read after the layers `from` … `to` (depths, both included), with a bootstrap interval over
 * samples. null of none.
 */
export function regionReadable(
  records: readonly LensRecord[],
  name: string,
  from: number,
  to: number,
): MeanWithin | null {
  const own = records.flatMap(({ models }) =>
    models.filter((model) => model.name === name && model.answer !== null),
  );
  return bootstrapShare(
    own.flatMap(({ layers }) => {
      const within = layers.slice(from, to + 1);
      return within.length === 0
        ? []
        : [{ hits: within.filter(({ rank }) => rank === 1).length, of: within.length }];
    }),
  );
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
        probability,
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
