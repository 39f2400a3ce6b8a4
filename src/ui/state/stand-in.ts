/** Models that are not loaded, as what was measured of them is kept: all that naming, drawing and saving it takes. */
import * as v from 'valibot';
import type { LoadedModel } from '../../engine/protocol/loading.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { Json } from '../../identity/canonical-json.ts';
import { identityAt, MOST_CHECKPOINTS } from '../theme/identity.ts';
import type { LoadedSlot } from './slot.svelte.ts';

const PLACES = Array.from({ length: MOST_CHECKPOINTS }, (_, place) => identityAt(place));

/** More is drawn by no strip: a hand wrote it. */
export const MOST_LAYERS = 1000;

/** A whole number up to `most`, as a journal of another hand may have it. */
export const count = (most: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(most));

/** What is looked at of a model that this browser kept; the rest is what files say of it. */
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
export function keptModel({ identity, checkpoint, model }: LoadedSlot): Json {
  const place = PLACES.findIndex(({ colour }) => colour === identity.colour);
  const { hashes: _, ...facts } = model;
  return JSON.parse(JSON.stringify({ label: identity.label, place, checkpoint, model: facts })) as Json;
}

/** The same again, where no engine has it. */
export function standIn({ label, place, checkpoint, model }: v.InferOutput<typeof KEPT_MODEL>): LoadedSlot {
  return {
    identity: { ...identityAt(place), label },
    checkpoint: checkpoint as unknown as OpenedCheckpoint,
    model: model as unknown as LoadedModel,
  };
}
