/** Values of declared settings: what they begin with, and which ones are valid. */
import * as v from 'valibot';
import type { AskedModel } from './asked-model.ts';
import type { IntegerSetting, Setting, Settings, ValuesOf } from './declaration.ts';

/** By name. What a setting may be is its declaration's to say. */
export type SettingValues = Readonly<Record<string, unknown>>;

/** What a command has where nothing was said. */
export function defaultValues<S extends Settings>(settings: S): ValuesOf<S> {
  return each(settings, defaultOf);
}

/** What the page's form begins with: a first look where the whole takes long. */
export function firstValues<S extends Settings>(settings: S): ValuesOf<S> {
  return each(settings, (setting) =>
    (setting.kind === 'integer' || setting.kind === 'text') && setting.first !== undefined
      ? setting.first
      : defaultOf(setting),
  );
}

/** The most that the page's form takes where nothing else is declared. */
const MOST_IN_FORM = 10_000;

/** The most that the page's form, and a link to it, take of a number. */
export function mostInForm({ formMaximum, maximum }: IntegerSetting): number {
  return formMaximum ?? maximum ?? MOST_IN_FORM;
}

/** Whether a setting says anything of work on these models. */
export function applies(
  { ofInjection }: Setting,
  models: readonly Pick<AskedModel, 'checkpoint'>[],
): boolean {
  return !ofInjection || models.some(({ checkpoint }) => checkpoint.injectedAfter);
}

/** The values as they hold for these models: what says nothing of them is as the form begins with. */
export function applying<Values>(
  settings: Settings,
  values: Values,
  models: readonly Pick<AskedModel, 'checkpoint'>[],
): Values {
  const first: SettingValues = firstValues(settings);
  const others = Object.entries(settings).filter(([, setting]) => !applies(setting, models));
  return { ...values, ...Object.fromEntries(others.map(([name]) => [name, first[name]])) };
}

/** What a value of each has to look like, as a browser, an address or a kept journal may hold it. */
export function settingShapes(settings: Settings): Readonly<Record<string, v.GenericSchema>> {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, shapeOf(setting)]));
}

function each<S extends Settings>(settings: S, make: (setting: Setting) => unknown): ValuesOf<S> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [name, make(setting)]),
  ) as ValuesOf<S>;
}

function defaultOf(setting: Setting): unknown {
  switch (setting.kind) {
    case 'choices':
      return setting.value ?? setting.choices;
    case 'switch':
      return false;
    case 'layers':
    case 'checkpoint':
      return null;
    case 'texts':
    case 'layer sets':
      return [];
    default:
      return setting.value;
  }
}

function shapeOf(setting: Setting): v.GenericSchema {
  switch (setting.kind) {
    case 'choice': {
      const choice = v.picklist(setting.choices);
      return setting.value === null ? v.nullable(choice) : choice;
    }
    case 'choices':
      return v.pipe(
        v.array(v.picklist(setting.choices)),
        v.minLength(1),
        v.check((names) => new Set(names).size === names.length),
      );
    case 'integer': {
      const { minimum, maximum = Number.MAX_SAFE_INTEGER, value } = setting;
      const number = v.pipe(v.number(), v.safeInteger(), v.minValue(minimum), v.maxValue(maximum));
      return value === null ? v.nullable(number) : number;
    }
    case 'switch':
      return v.boolean();
    case 'text': {
      const text = matching(setting.pattern);
      return setting.value === null ? v.nullable(text) : text;
    }
    case 'texts':
      return v.array(matching(setting.pattern));
    case 'layers':
    case 'checkpoint':
      return v.nullable(v.string());
    case 'layer sets':
      return v.array(v.string());
  }
}

function matching(pattern: RegExp | undefined): v.GenericSchema<string> {
  return pattern ? v.pipe(v.string(), v.regex(pattern)) : v.string();
}
