/**
 * What a record of each kind has to look like when it is read again: a kind without a shape does not compile. A field that no shape
 * knows is no part of a record either, so that nothing is taken over that nobody looked at.
 */
import * as v from 'valibot';
import { TASKS } from '../../probes/task.ts';
import type { WorkKind } from '../../identity/deciding-inputs.ts';
import type { KeptRecords } from './kinds.ts';

/** Takes what a journal may hand out as a record, and nothing else. */
export type Shape<Record> = v.GenericSchema<Record>;

const numbers = v.array(v.number());
const byName = v.record(v.string(), v.number());

const said = {
  text: v.string(),
  tokens: v.number(),
  stop: v.picklist(['end', 'length', 'image-token', 'cancelled']),
};

const computer = { device: v.picklist(['webgpu', 'cpu']), adapter: v.exactOptional(v.string()) };

const subspaceOverlap = v.strictObject({
  ...{ overlap: v.number(), overlaps: numbers, expected: v.number() },
  ...{ angles: numbers, k: v.number(), dimension: v.number() },
});

const spectrum = v.strictObject({
  ...{ spectralNorm: v.number(), nuclearNorm: v.number(), frobeniusNorm: v.number() },
  ...{ stableRank: v.number(), effectiveRank: v.number(), logVolume: v.number() },
  ...{ conditionNumber: v.nullable(v.number()), conditionKnown: v.boolean(), singularValues: numbers },
  ...{ mode: v.picklist(['exact', 'fast']), ...computer },
  conditionDevice: v.exactOptional(v.literal('cpu')),
  standardErrors: v.exactOptional(v.strictObject({ nuclearNorm: v.number(), effectiveRank: v.number() })),
  probes: v.exactOptional(v.number()),
});

const lensLayer = v.strictObject({
  top: v.strictObject({ token: v.number(), text: v.string(), probability: v.number() }),
  probability: v.number(),
  rank: v.number(),
});

export const SHAPES: { readonly [Kind in WorkKind]: Shape<KeptRecords[Kind]> } = {
  energy: v.strictObject({
    ...{ elements: v.number(), weights: byName, squares: byName },
    ...{ unchanged: byName, products: byName },
  }),
  diversity: v.strictObject({
    rows: v.number(),
    columns: v.number(),
    spectra: v.record(v.string(), spectrum),
  }),
  overlap: v.strictObject({
    ...{ rows: v.number(), columns: v.number(), k: v.number(), residual: v.number() },
    ...{ left: v.nullable(subspaceOverlap), right: v.nullable(subspaceOverlap), ...computer },
  }),
  swap: v.strictObject({
    ...{ task: v.picklist(TASKS), id: v.string(), prompt: v.string() },
    ...{ targetAnswer: v.string(), sourceAnswer: v.string(), iouThreshold: v.exactOptional(v.number()) },
    imageTokens: v.strictObject({ target: v.number(), source: v.number() }),
    resampled: v.boolean(),
    original: v.strictObject(said),
    source: v.nullable(v.strictObject(said)),
    swapped: v.array(v.strictObject({ ...said, layer: v.number() })),
  }),
  ablate: v.strictObject({
    ...{ id: v.string(), question: v.string(), answer: v.string() },
    choices: v.exactOptional(v.array(v.string())),
    hasImage: v.boolean(),
    baseline: v.strictObject(said),
    ablated: v.array(v.strictObject({ ...said, experiment: v.string() })),
  }),
  attention: v.strictObject({
    ...{ id: v.string(), question: v.string(), imageTokens: v.number() },
    models: v.array(
      v.strictObject({ name: v.string(), response: v.string(), queries: v.number(), mass: v.array(numbers) }),
    ),
  }),
  lens: v.strictObject({
    ...{ id: v.string(), question: v.string() },
    models: v.array(
      v.strictObject({
        ...{ name: v.string(), response: v.string() },
        answer: v.nullable(v.strictObject({ token: v.number(), text: v.string() })),
        layers: v.array(lensLayer),
      }),
    ),
  }),
  patch: v.strictObject({
    ...{ id: v.string(), question: v.string(), answer: v.string() },
    run: v.union([v.picklist(['donor', 'recipient']), v.number()]),
    said: v.strictObject(said),
  }),
  answers: v.strictObject({
    text: v.string(),
    tokens: v.exactOptional(v.number()),
    stop: v.picklist(['end', 'length', 'image-token', 'refused']),
    promptTokens: v.exactOptional(v.number()),
    imageTokens: v.exactOptional(v.number()),
  }),
  verdicts: v.strictObject({ verdict: v.picklist(['correct', 'incorrect', 'unclear']), said: v.string() }),
  'gpu-memory': v.strictObject({
    ...{ peakBytes: v.number(), estimateBytes: v.number(), weightBytes: v.number() },
    ...{ kvCacheBytes: v.number(), activationBytes: v.number(), rows: v.number(), tokens: v.number() },
  }),
};

/** The shape of a kind that was read from a file, and so may be none of ours. */
export function shapeOf(kind: string): Shape<unknown> | null {
  return Object.hasOwn(SHAPES, kind) ? SHAPES[kind as WorkKind] : null;
}

/** What was kept of a kind is of that kind's records. */
export function recordShape<Record>(kind: WorkKind): Shape<Record> {
  return SHAPES[kind] as Shape<unknown> as Shape<Record>;
}

/** For records of kinds that this build no longer knows: they are counted, and never handed out. */
export const ANYTHING: Shape<unknown> = v.unknown();
