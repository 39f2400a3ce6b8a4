/** What a record of each kind has to look like when it is read again: a kind without a shape does not compile. */
import * as v from 'valibot';
import { TASKS } from '../../probes/task.ts';
import type { KeptRecords, WorkKind } from './kinds.ts';

/** Takes what a journal may hand out as a record, and nothing else. */
export type Shape<Record> = v.GenericSchema<Record>;

const numbers = v.array(v.number());
const byName = v.record(v.string(), v.number());

const said = {
  text: v.string(),
  tokens: v.number(),
  stop: v.picklist(['end', 'length', 'image-token', 'cancelled']),
};

const subspaceOverlap = v.object({
  ...{ overlap: v.number(), overlaps: numbers, expected: v.number() },
  ...{ angles: numbers, k: v.number(), dimension: v.number() },
});

const spectrum = v.object({
  ...{ spectralNorm: v.number(), nuclearNorm: v.number(), frobeniusNorm: v.number() },
  ...{ stableRank: v.number(), effectiveRank: v.number(), logVolume: v.number() },
  ...{ conditionNumber: v.nullable(v.number()), conditionKnown: v.boolean(), singularValues: numbers },
  ...{ mode: v.picklist(['exact', 'fast']), device: v.picklist(['webgpu', 'cpu']) },
  conditionDevice: v.exactOptional(v.literal('cpu')),
  standardErrors: v.exactOptional(v.object({ nuclearNorm: v.number(), effectiveRank: v.number() })),
  probes: v.exactOptional(v.number()),
});

const lensLayer = v.object({
  top: v.object({ token: v.number(), text: v.string(), probability: v.number() }),
  probability: v.number(),
  rank: v.number(),
});

export const SHAPES: { readonly [Kind in WorkKind]: Shape<KeptRecords[Kind]> } = {
  energy: v.object({
    ...{ elements: v.number(), weights: byName, squares: byName },
    ...{ unchanged: byName, products: byName },
  }),
  diversity: v.object({ rows: v.number(), columns: v.number(), spectra: v.record(v.string(), spectrum) }),
  overlap: v.object({
    ...{ rows: v.number(), columns: v.number(), k: v.number(), residual: v.number() },
    ...{ left: v.nullable(subspaceOverlap), right: v.nullable(subspaceOverlap) },
  }),
  swap: v.object({
    ...{ task: v.picklist(TASKS), id: v.string(), prompt: v.string() },
    ...{ targetAnswer: v.string(), sourceAnswer: v.string(), iouThreshold: v.exactOptional(v.number()) },
    imageTokens: v.object({ target: v.number(), source: v.number() }),
    resampled: v.boolean(),
    original: v.object(said),
    source: v.nullable(v.object(said)),
    swapped: v.array(v.object({ ...said, layer: v.number() })),
  }),
  ablate: v.object({
    ...{ id: v.string(), question: v.string(), answer: v.string() },
    choices: v.exactOptional(v.array(v.string())),
    hasImage: v.boolean(),
    baseline: v.object(said),
    ablated: v.array(v.object({ ...said, experiment: v.string() })),
  }),
  attention: v.object({
    ...{ id: v.string(), question: v.string(), imageTokens: v.number() },
    models: v.array(
      v.object({ name: v.string(), response: v.string(), queries: v.number(), mass: v.array(numbers) }),
    ),
  }),
  lens: v.object({
    ...{ id: v.string(), question: v.string() },
    models: v.array(
      v.object({
        ...{ name: v.string(), response: v.string() },
        answer: v.nullable(v.object({ token: v.number(), text: v.string() })),
        layers: v.array(lensLayer),
      }),
    ),
  }),
  patch: v.object({
    ...{ id: v.string(), question: v.string(), answer: v.string() },
    run: v.union([v.picklist(['donor', 'recipient']), v.number()]),
    said: v.object(said),
  }),
  answers: v.object({
    text: v.string(),
    tokens: v.exactOptional(v.number()),
    stop: v.picklist(['end', 'length', 'image-token', 'refused']),
    promptTokens: v.exactOptional(v.number()),
    imageTokens: v.exactOptional(v.number()),
  }),
  verdicts: v.object({ verdict: v.picklist(['correct', 'incorrect', 'unclear']), said: v.string() }),
  'gpu-memory': v.object({
    ...{ peakBytes: v.number(), estimateBytes: v.number(), weightBytes: v.number() },
    ...{ kvCacheBytes: v.number(), activationBytes: v.number(), rows: v.number(), tokens: v.number() },
  }),
};

/** The shape of a kind that was read from a file, and so may be none of ours. */
export function shapeOf(kind: string): Shape<unknown> | null {
  return Object.hasOwn(SHAPES, kind) ? SHAPES[kind as WorkKind] : null;
}

/** For records of kinds that this build no longer knows: they are counted, and never handed out. */
export const ANYTHING: Shape<unknown> = v.unknown();
