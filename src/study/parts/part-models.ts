import type { AskedModel } from '../../analyses/asked-model.ts';
import type { ModelId } from '../../engine/subject.ts';
import type { ShownModel } from '../shown/model.ts';

/** Models as a part keeps them: under their names in results, and without what this machine's loading of them was. */
export function modelsOfPart(models: readonly AskedModel[]): readonly ShownModel[] {
  return models.map(({ name, checkpoint, model }) => {
    const id = name as ModelId;
    const loading = { bytesRead: 0, seconds: 0, fromStorage: false, notices: [] };
    return {
      ...{ label: name, place: 0 },
      ...{ checkpoint: { ...checkpoint, id }, model: { ...model, ...loading, id } },
    };
  });
}

/** The same as what is asked. */
export function askedAgain(models: readonly ShownModel[]): readonly AskedModel[] {
  return models.map(({ label, checkpoint, model }) => ({ name: label, checkpoint, model }));
}
