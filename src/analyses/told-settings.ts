import type { AskedModel } from './asked-model.ts';
import type { Setting, Settings, SettingWords } from './declaration.ts';
import { applies, type SettingValues } from './setting-values.ts';

/** How values stand in a line. */
export interface Telling {
  /** Of a switch that is on, and of all there is to choose from. */
  readonly yes: string;
  readonly all: string;
  readonly several: (values: readonly string[]) => string;
  readonly of: (label: string, value: string) => string;
}

export const ENGLISH: Telling = {
  ...{ yes: 'yes', all: 'all' },
  several: (values) => values.join(', '),
  of: (label, value) => `${label}: ${value}`,
};

/**
 * The settings that matter in a line: "Tasks: OCR, Counting · Pairs of each task: 25 · Swap: one layer". What is left open, or says
 * nothing of these models, is left out.
 */
export function toldSettings(
  settings: Settings,
  words: Readonly<Record<string, SettingWords>>,
  values: SettingValues,
  models: readonly Pick<AskedModel, 'checkpoint'>[] = [],
  telling: Telling = ENGLISH,
): string {
  return Object.entries(settings)
    .flatMap(([name, setting]) => {
      const told = words[name];
      const text =
        setting.form === 'main' && applies(setting, models) && told
          ? valueText(setting, told, values[name], telling)
          : null;
      return text === null || !told ? [] : [told.label === undefined ? text : telling.of(told.label, text)];
    })
    .join(' · ');
}

/** A value in a few words; null where it goes without saying, or is free text. */
export function valueText(
  setting: Setting,
  { names = {}, open }: SettingWords,
  value: unknown,
  telling: Telling = ENGLISH,
): string | null {
  const nameOf = (choice: string): string => names[choice] ?? choice;
  if (setting.kind === 'switch') return value === true ? telling.yes : null;
  if (setting.kind === 'choices') {
    const chosen = value as readonly string[];
    return chosen.length === setting.choices.length ? telling.all : telling.several(chosen.map(nameOf));
  }
  if (value === null || value === undefined) return open ?? null;
  if (setting.kind === 'choice') return nameOf(value as string);
  return setting.kind === 'integer' ? String(value as number) : null;
}
