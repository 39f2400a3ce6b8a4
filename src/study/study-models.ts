/** Which of a study's models an analysis is run on, by the flags that its command has for them. */
import type { AnyDeclaration, ModelFlag } from '../analyses/declaration.ts';
import type { Wrong } from '../json-shape.ts';
import { isRole, ROLES } from '../roles.mjs';

/** Why an analysis cannot be run on models. */
export const MODEL_REASONS = {
  unknown: (name: string, names: readonly string[]) =>
    `"${name}" is none of the study's models (${names.join(', ')})`,
  besides: (analysis: string, name: string) => `${analysis} is not run on "${name}" besides`,
  twice: (name: string) => `"${name}" is named twice`,
  needs: (analysis: string, flag: string) => `${analysis} needs a model as "${flag}"`,
};

type Flags = Readonly<Record<string, ModelFlag>>;

/** Of an analysis of updates (`scripts/commands/shared/compared.mjs`). */
const COMPARED: Flags = {
  ...Object.fromEntries(ROLES.map((role) => [role, {}])),
  model: { repeated: true },
};

/**
 * @param names of the study's models
 * @param of those that are asked for; null: all that have a flag of their own, and the last of the family where there is one flag for any
 * @throws what `wrong` makes of a model that the analysis has no flag for, or of one that it needs
 */
export function modelsOf(
  declaration: AnyDeclaration,
  names: readonly string[],
  of: readonly string[] | null,
  wrong: Wrong,
  reasons = MODEL_REASONS,
): ReadonlyMap<string, readonly string[]> {
  const flags = flagsOf(declaration);
  const others = Object.keys(flags).filter((flag) => !isRole(flag));
  const [any] = others;
  const models = new Map<string, string[]>();
  for (const name of of ?? chosen(flags, names)) {
    if (!names.includes(name)) throw wrong(reasons.unknown(name, names), 'of');
    const flag = isRole(name) && name in flags ? name : any;
    const given = flag === undefined ? undefined : (models.get(flag) ?? []);
    if (flag === undefined || !given || (given.length > 0 && flags[flag]?.repeated !== true))
      throw wrong(reasons.besides(declaration.name, name), 'of');
    if (given.includes(name)) throw wrong(reasons.twice(name), 'of');
    models.set(flag, [...given, name]);
  }
  const missing = Object.entries(flags).find(
    ([flag, { required }]) => required === true && !models.has(flag),
  );
  if (missing) throw wrong(reasons.needs(declaration.name, missing[0]), 'of');
  return models;
}

function flagsOf(declaration: AnyDeclaration): Flags {
  return 'models' in declaration ? (declaration.models as Flags) : COMPARED;
}

function chosen(flags: Flags, names: readonly string[]): readonly string[] {
  const own = names.filter((name) => name in flags);
  const donors = names.filter((name) => !isRole(name));
  if ('frozen' in flags) return [...own, ...donors];
  return own.length > 0 ? own : names.filter(isRole).slice(-1);
}
