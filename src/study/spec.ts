/** What a study names, as a file says it: models, what each analysis is run on, and its settings. Nothing of it is read or run here. */
import * as v from 'valibot';
import type { AnyDeclaration } from '../analyses/declaration.ts';
import { EVALUATIONS, PROBES, UPDATES } from '../analyses/registry.ts';
import { settingShapes, type SettingValues } from '../analyses/setting-values.ts';
import { parseJson, plainJson } from '../checkpoint/json.ts';
import { overLimit } from '../checkpoint/limits.ts';
import { byName, exactly, is, readShape, type Wrong } from '../json-shape.ts';
import type { Json } from '../identity/canonical-json.ts';
import { NamedError } from '../named-error.ts';
import { isRole, ROLES } from '../roles.mjs';
import { MODEL_REASONS, modelsOf } from './study-models.ts';

/** Of the form of the file, and of what its settings mean (docs/method.md). */
export const STUDY_DEFINITIONS = 1;

/** Paths and settings of a hundred analyses take a tenth of it. */
const LARGEST_SPEC = 256 * 1024;
const MOST_ANALYSES = 100;
/** As many as the page has slots. */
const MOST_MODELS = 8;
const LONGEST_NAME = 200;
const LONGEST_PATH = 4096;

export interface StudyAnalysis {
  readonly declaration: AnyDeclaration;
  /** By the flags of its command, names of the models that it is run on. */
  readonly models: ReadonlyMap<string, readonly string[]>;
  /** Folder or list of what is asked; null where the app's own sets are, or nothing is. */
  readonly samples: string | null;
  /** By the names of its declaration; what is left out is as its command has it. */
  readonly settings: SettingValues;
  /** Where its files go, below the study's folder. */
  readonly folder: string;
  /** Where the file names it: `analyses.0`. */
  readonly field: string;
}

export interface StudySpec {
  /** The file as it was given. */
  readonly given: Json;
  readonly name: string;
  /** `base`, `in`, `rl`, and donors by names of their own, in that order: a folder each, or `demo:NAME`. */
  readonly folders: ReadonlyMap<string, string>;
  readonly analyses: readonly StudyAnalysis[];
}

const DECLARATIONS: ReadonlyMap<string, AnyDeclaration> = new Map(
  [...UPDATES, ...PROBES, ...EVALUATIONS].map(([name, { declaration }]) => [name, declaration]),
);

const text = (wanted: string, longest: number) =>
  v.custom<string>(
    (value) => typeof value === 'string' && value.trim() !== '' && value.length <= longest,
    is(wanted),
  );
const PATH = text('the path of a folder, or demo:NAME', LONGEST_PATH);
const MODEL_NAME = /^\w[\w.-]{0,39}$/;
const list = <Item>(item: v.GenericSchema<unknown, Item>, most: number, wanted: string) =>
  v.pipe(
    v.array(item, is(wanted)),
    v.minLength(1, is(wanted)),
    v.maxLength(most, is(`${wanted}, at most ${most}`)),
  );

const MODELS = exactly({
  ...{ base: v.exactOptional(PATH), in: v.exactOptional(PATH), rl: v.exactOptional(PATH) },
  donors: v.exactOptional(byName(PATH)),
});

/** "models": "demo". */
const DEMO = Object.fromEntries(ROLES.map((role) => [role, `demo:${role}`]));

const ANALYSIS = exactly({
  name: v.custom<string>(
    (value) => typeof value === 'string' && DECLARATIONS.has(value),
    is(`an analysis (${[...DECLARATIONS.keys()].join(', ')})`),
  ),
  of: v.exactOptional(list(v.string(is('the name of a model')), MOST_MODELS, 'a list of names of models')),
  samples: v.exactOptional(PATH),
  settings: v.exactOptional(v.unknown(), {}),
});

const SPEC = exactly({
  definitions: v.literal(STUDY_DEFINITIONS, is(`${STUDY_DEFINITIONS}, the version that this build knows`)),
  name: text(`a name of at most ${LONGEST_NAME} characters`, LONGEST_NAME),
  models: v.unknown(),
  seed: v.exactOptional(
    v.custom<number>(
      (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31,
      is('a whole number from 0 to 2147483647'),
    ),
  ),
  analyses: list(ANALYSIS, MOST_ANALYSES, 'a list of analyses'),
});

/**
 * Reads a study's file.
 *
 * @param reasons in the language of who reads them, where they are shown as text
 * @throws NamedError `InvalidStudy` (with the field), `OverLimit`, and those of `parseJson`
 */
export function readStudySpec(bytes: Uint8Array, file: string, reasons = MODEL_REASONS): StudySpec {
  if (bytes.length > LARGEST_SPEC)
    throw overLimit('bytes of a study', bytes.length, LARGEST_SPEC, { file }, 'give the file of a study');
  const wrong =
    (within: string): Wrong =>
    (what, field) =>
      new NamedError(
        'InvalidStudy',
        what,
        { file, ...fieldOf(within, field) },
        'see docs/headless.md, "A study"',
      );
  const given = plainJson(parseJson(bytes, file)) as Json;
  const found = readShape(SPEC, given, wrong(''));
  const folders = foldersOf(found.models, wrong('models'));
  const taken = new Map<string, number>();
  const analyses = found.analyses.map(({ name, of, samples = null, settings }, index): StudyAnalysis => {
    const field = `analyses.${index}`;
    const declaration = DECLARATIONS.get(name) as AnyDeclaration;
    const shape = exactly(
      Object.fromEntries(
        Object.entries(settingShapes(declaration.settings)).map(([one, of]) => [one, v.exactOptional(of)]),
      ),
    );
    const seeded = found.seed !== undefined && 'seed' in declaration.settings ? { seed: found.seed } : {};
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    if (samples !== null && declaration.family === 'updates')
      throw wrong(field)('updates are measured of checkpoints alone: nothing is asked', 'samples');
    if (samples === null && declaration.family === 'probe')
      throw wrong(field)('it is missing: what the models are asked', 'samples');
    return {
      ...{ declaration, samples, field },
      models: modelsOf(declaration, [...folders.keys()], of ?? null, wrong(field), reasons),
      settings: { ...seeded, ...readShape(shape, settings, wrong(`${field}.settings`)) },
      folder: times === 1 ? name : `${name}-${times}`,
    };
  });
  return { given, name: found.name, folders, analyses };
}

function fieldOf(within: string, field: string | undefined): { readonly field?: string } {
  const path = [within, field].filter((part) => part !== undefined && part !== '').join('.');
  return path === '' ? {} : { field: path };
}

function foldersOf(models: unknown, wrong: Wrong): ReadonlyMap<string, string> {
  const { donors = new Map<string, string>(), ...roles } = readShape(
    MODELS,
    models === 'demo' ? DEMO : models,
    wrong,
  );
  const folders = new Map<string, string>(
    ROLES.flatMap((role) => (roles[role] === undefined ? [] : [[role, roles[role]] as const])),
  );
  for (const [name, folder] of donors) {
    if (!MODEL_NAME.test(name) || isRole(name))
      throw wrong(`"${name}" is not the name of a donor: letters, digits, . - _, and no role`, 'donors');
    folders.set(name, folder);
  }
  if (folders.size === 0) throw wrong('it names no model', undefined);
  if (folders.size > MOST_MODELS)
    throw wrong(`it names ${folders.size} models, and at most ${MOST_MODELS} are run together`, undefined);
  return folders;
}
