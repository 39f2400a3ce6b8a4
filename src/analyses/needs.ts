import { ROLE_LABELS, type RoleLabel } from '../roles.mjs';
import { NamedError } from '../named-error.ts';
import type { AskedModel } from './asked-model.ts';

/** The model of an analysis that asks one. @throws NamedError `NoModel` */
export function firstModel([asked]: readonly AskedModel[]): AskedModel {
  if (asked) return asked;
  throw new NamedError('NoModel', 'no model is loaded', {}, 'load one');
}

/** IN and RL, by their names, or the last two. Null where there are fewer. */
export function beforeAndAfter(
  models: readonly AskedModel[],
): readonly [before: AskedModel, after: AskedModel] | null {
  const named = (name: RoleLabel): AskedModel | undefined => models.find((one) => one.name === name);
  const [before, after] = [named(ROLE_LABELS.in) ?? models.at(-2), named(ROLE_LABELS.rl) ?? models.at(-1)];
  return before && after && before !== after ? [before, after] : null;
}
