import type { LoadedModel } from '../engine/protocol/loading.ts';
import type { ImageReading } from '../engine/protocol/prompt.ts';
import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import { wholeModel } from '../engine/subject.ts';
import { provenance } from '../identity/provenance.ts';
import type { Models } from '../identity/deciding-inputs.ts';
import { residentModel } from '../identity/resident-model.ts';
import type { NamedSubject } from '../probes/named-subject.ts';

/** A resident model, under the name that results give it. */
export interface AskedModel {
  readonly name: string;
  readonly checkpoint: OpenedCheckpoint;
  readonly model: LoadedModel;
}

export function subjectOf({ name, checkpoint }: AskedModel): NamedSubject {
  return { name, subject: wholeModel(checkpoint.id, checkpoint.layers) };
}

/** What of each decides its answers, by its part in the work. */
export function decidingModels(models: readonly (readonly [part: string, asked: AskedModel])[]): Models {
  return Object.fromEntries(
    models.map(([part, { checkpoint, model }]) => [part, residentModel(checkpoint, model)]),
  );
}

/**
 * Where a model's records come from, as a file says it.
 *
 * @param origin the build that computed them, where that is not this one
 */
export function originOf({ checkpoint, model }: AskedModel, seed: number, origin: object = {}): object {
  return { ...origin, ...provenance(checkpoint, model, seed) };
}

/** What every question is put with. */
export function promptSettings(reading: Required<ImageReading>, system: string | null) {
  return { ...reading, ...(system === null ? {} : { system }) };
}

/** "IN and RL". */
export function namesOf(models: readonly AskedModel[]): string {
  return models.map(({ name }) => name).join(' and ');
}
