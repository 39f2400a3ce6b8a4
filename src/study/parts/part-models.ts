import type { AskedModel } from '../../analyses/asked-model.ts';
import type { ShownModel } from '../shown/model.ts';

/** Models as a part keeps them: under their names in results. */
export function modelsOfPart(models: readonly AskedModel[]): readonly ShownModel[] {
  return models.map(({ name, checkpoint, model }) => ({ label: name, place: 0, checkpoint, model }));
}

/** The same as what is asked. */
export function askedAgain(models: readonly ShownModel[]): readonly AskedModel[] {
  return models.map(({ label, checkpoint, model }) => ({ name: label, checkpoint, model }));
}
