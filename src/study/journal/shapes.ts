/**
 * What a record of each kind has to look like when it is read again: a kind without a shape does not compile, and an analysis brings its
 * own. A field that no shape
 * knows is no part of a record either, so that nothing is taken over that nobody looked at.
 */
import * as v from 'valibot';
import { ANALYSES } from '../../analyses/registry.ts';
import type { WorkKind } from '../../identity/deciding-inputs.ts';
import type { KeptRecords } from './kinds.ts';

/** Takes what a journal may hand out as a record, and nothing else. */
export type Shape<Record> = v.GenericSchema<Record>;

const numbers = v.array(v.number());
const byName = v.record(v.string(), v.number());

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
  if (Object.hasOwn(SHAPES, kind)) return SHAPES[kind as WorkKind];
  return ANALYSES.get(kind)?.shape ?? null;
}

/** Every kind there is. */
export const KINDS: readonly string[] = [...ANALYSES.keys(), ...Object.keys(SHAPES)];

/** What was kept of a kind is of that kind's records. */
export function recordShape<Record>(kind: string): Shape<Record> {
  const shape = shapeOf(kind);
  if (!shape) throw new TypeError(`no records of the kind "${kind}" are kept`);
  return shape as Shape<Record>;
}

/** For records of kinds that this build no longer knows: they are counted, and never handed out. */
export const ANYTHING: Shape<unknown> = v.unknown();
