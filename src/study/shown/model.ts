/** A model as it is kept with what was measured of it: all that naming, drawing and saving takes, and no weight. */
import * as v from 'valibot';
import { MOST_CHECKPOINTS } from '../../checkpoint-places.ts';
import type { LoadedModel } from '../../engine/protocol/loading.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { ModelId } from '../../engine/subject.ts';
import type { Json } from '../../identity/canonical-json.ts';

export interface ShownModel {
  readonly label: string;
  /** 0 Base, 1 IN, 2 RL, then further checkpoints: its colour. */
  readonly place: number;
  readonly checkpoint: OpenedCheckpoint;
  readonly model: LoadedModel;
}

/** More is drawn by no strip: a hand wrote it. */
export const MOST_LAYERS = 1000;

/** A whole number up to `most`, as a journal of another hand may have it. */
export const count = (most: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(most));

/** What is looked at of a kept model; the rest is what files say of it. */
export const KEPT_MODEL = v.object({
  label: v.string(),
  place: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_CHECKPOINTS - 1)),
  checkpoint: v.looseObject({
    ...{ id: v.string(), name: v.string(), fingerprint: v.string() },
    ...{ layers: count(MOST_LAYERS), visionBlocks: count(MOST_LAYERS) },
    smallFiles: v.record(v.string(), v.string()),
    ...{
      files: v.array(v.looseObject({ name: v.string(), bytes: v.number() })),
      weightFiles: v.array(v.string()),
      notices: v.array(v.string()),
    },
  }),
  model: v.looseObject({ device: v.string(), adapter: v.string(), dtype: v.string() }),
});

/** What of loading is told of nothing that is only shown. */
const NOT_LOADED = { bytesRead: 0, seconds: 0, fromStorage: false };

/**
 * A model as it is kept: called by its place among those of the work, whatever the engine that ran it called it. How its loading went is
 * left out, which is of one machine and one day; so are hashes of its tensors, which are in the ledger, and no result says them.
 *
 * @param at among the models of the work, from 0
 */
export function keptModel({ label, place, checkpoint, model }: ShownModel, at: number): Json {
  const { bytesRead: _, seconds: _1, fromStorage: _2, notices: _3, hashes: _4, ...facts } = model;
  const id = keptId(at);
  return asRead(KEPT_MODEL, { label, place, checkpoint: { ...checkpoint, id }, model: { ...facts, id } });
}

/** What the model at a place is called where it is kept. */
export function keptId(at: number): ModelId {
  return `kept-${at}` as ModelId;
}

/** The same again. */
export function modelAgain({ model, ...kept }: v.InferOutput<typeof KEPT_MODEL>): ShownModel {
  return { ...kept, model: { ...NOT_LOADED, ...model } } as unknown as ShownModel;
}

/** As JSON, with its fields in the order in which they are read again: what is kept twice is the same text. */
export function asRead<Read>(schema: v.GenericSchema<unknown, Read>, value: unknown): Json {
  return v.parse(schema, JSON.parse(JSON.stringify(value))) as unknown as Json;
}
