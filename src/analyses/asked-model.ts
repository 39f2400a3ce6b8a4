import type { LoadedModel } from '../engine/protocol/loading.ts';
import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import { wholeModel } from '../engine/subject.ts';
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

/** "IN and RL". */
export function namesOf(models: readonly AskedModel[]): string {
  return models.map(({ name }) => name).join(' and ');
}
