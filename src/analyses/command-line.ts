import { kebabCase } from '../kebab-case.mjs';
import type { AnyDeclaration, ModelFlag, Setting } from './declaration.ts';
import { defaultValues, type SettingValues } from './setting-values.ts';

/** What a command is given besides its settings: words that are flags with their values, as one writes them. */
export type FlagWords = readonly (readonly [flag: string, ...values: string[]])[];

/** What makes an analysis: a line for a POSIX shell. */
export function commandLine(
  { name, settings }: Pick<AnyDeclaration, 'name' | 'settings'>,
  values: SettingValues,
  given: { readonly before: FlagWords; readonly after: FlagWords },
): string {
  const known: SettingValues = defaultValues(settings);
  const own = Object.entries(settings).flatMap(([setting, { kind }]) =>
    settingWords(setting, kind, values[setting], known[setting]),
  );
  const words = [...given.before, ...own, ...given.after].flatMap(flagWords);
  return ['npm', 'run', '-s', 'headless', '--', name, ...words.map(quoted)].join(' ');
}

/** The flag that takes a model of this name; null where none does. */
export function modelFlag(models: Readonly<Record<string, ModelFlag>>, name: string): string | null {
  const flags = Object.entries(models);
  const own = flags.find(([, { role }]) => role === name) ?? flags.find(([, { role }]) => role === undefined);
  return own?.[0] ?? null;
}

/** A folder as a command takes it: the demo's by its name; of others a page knows no path, so that a person puts it in. */
export function folderWord(name: string): string {
  return /^demo:[\w-]+$/.test(name) ? name : `<folder ${name}>`;
}

function settingWords(name: string, kind: Setting['kind'], value: unknown, known: unknown): FlagWords {
  if (value === null || value === undefined || JSON.stringify(value) === JSON.stringify(known)) return [];
  const flag = kebabCase(name);
  if (kind === 'switch') return value === true ? [[flag]] : [];
  const texts = (Array.isArray(value) ? value : [value]).map(String);
  return texts.length === 0 ? [] : [[flag, ...texts]];
}

function flagWords([flag, ...values]: FlagWords[number]): readonly string[] {
  // A word that begins with two dashes, or none at all, is a value only behind an equals sign.
  const dashed = values.some((value) => value.startsWith('--') || value === '');
  return dashed ? values.map((value) => `--${flag}=${value}`) : [`--${flag}`, ...values];
}

/** A word as a POSIX shell reads it whole. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
