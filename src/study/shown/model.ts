/** A model as it is kept with what was measured of it: all that naming, drawing and saving takes, and no weight. */
import * as v from 'valibot';
import { MOST_CHECKPOINTS } from '../../checkpoint-places.ts';
import type { LoadedModel } from '../../engine/protocol/loading.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
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

/** A model as it is kept. Hashes of its tensors are left out: they are in the ledger, and no result says them. */
export function keptModel({ label, place, checkpoint, model }: ShownModel): Json {
  const { hashes: _, ...facts } = model;
  return JSON.parse(JSON.stringify({ label, place, checkpoint, model: facts })) as Json;
}

/** The same again. */
export function modelAgain(kept: v.InferOutput<typeof KEPT_MODEL>): ShownModel {
  return kept as unknown as ShownModel;
}
