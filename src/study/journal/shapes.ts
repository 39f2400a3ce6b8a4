/**
 * What a record of each kind has to look like when it is read again: a kind without a shape does not compile, and an analysis brings its
 * own. A field that no shape knows is no part of a record either, so that nothing is taken over that nobody looked at.
 */
import * as v from 'valibot';
import { ANALYSES } from '../../analyses/registry.ts';
import type { WorkKind } from '../../identity/deciding-inputs.ts';
import type { Answer } from '../../evaluation/answers/answer.ts';
import type { JudgeVerdict } from '../../remote/judge.ts';

/** Every kind of work that has a journal and is no analysis, and what its records are. */
interface KeptRecords {
  readonly answers: Answer;
  readonly verdicts: JudgeVerdict;
}

/** Takes what a journal may hand out as a record, and nothing else. */
export type Shape<Record> = v.GenericSchema<Record>;

export const SHAPES: { readonly [Kind in WorkKind]: Shape<KeptRecords[Kind]> } = {
  answers: v.strictObject({
    text: v.string(),
    tokens: v.exactOptional(v.number()),
    stop: v.picklist(['end', 'length', 'image-token', 'refused']),
    promptTokens: v.exactOptional(v.number()),
    imageTokens: v.exactOptional(v.number()),
  }),
  verdicts: v.strictObject({ verdict: v.picklist(['correct', 'incorrect', 'unclear']), said: v.string() }),
};

/**
 * Kinds that earlier versions kept, and of which nothing is kept any more: their journals are listed, shown, saved and taken over as others
 * are. What a run took of a GPU stands in `frankenscope.run` of what it wrote.
 */
const FORMER: Readonly<Record<string, Shape<unknown>>> = {
  'gpu-memory': v.strictObject({
    ...{ peakBytes: v.number(), estimateBytes: v.number(), weightBytes: v.number() },
    ...{ kvCacheBytes: v.number(), activationBytes: v.number(), rows: v.number(), tokens: v.number() },
  }),
};

/** The shape of a kind that was read from a file, and so may be none of ours. */
export function shapeOf(kind: string): Shape<unknown> | null {
  if (Object.hasOwn(SHAPES, kind)) return SHAPES[kind as WorkKind];
  if (Object.hasOwn(FORMER, kind)) return FORMER[kind] ?? null;
  return ANALYSES.get(kind)?.shape ?? null;
}

/** Every kind that is kept. */
export const KINDS: readonly string[] = [...ANALYSES.keys(), ...Object.keys(SHAPES)];

/** What was kept of a kind is of that kind's records. */
export function recordShape<Record>(kind: string): Shape<Record> {
  const shape = shapeOf(kind);
  if (!shape) throw new TypeError(`no records of the kind "${kind}" are kept`);
  return shape as Shape<Record>;
}

/** For records of kinds that this build no longer knows: they are counted, and never handed out. */
export const ANYTHING: Shape<unknown> = v.unknown();
