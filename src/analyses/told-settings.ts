import type { AskedModel } from './asked-model.ts';
import type { Setting, Settings, SettingWords } from './declaration.ts';
import { applies, type SettingValues } from './setting-values.ts';

/**
 * The settings that matter in a line: "Tasks: OCR, Counting · Pairs of each task: 25 · Swap: one layer". What is left open, or says
 * nothing of these models, is left out.
 */
export function toldSettings(
  settings: Settings,
  words: Readonly<Record<string, SettingWords>>,
  values: SettingValues,
  models: readonly Pick<AskedModel, 'checkpoint'>[] = [],
): string {
  return Object.entries(settings)
    .flatMap(([name, setting]) => {
      const told = words[name];
      const text =
        setting.form === 'main' && applies(setting, models) && told
          ? valueText(setting, told, values[name])
          : null;
      return text === null || !told ? [] : [told.label === undefined ? text : `${told.label}: ${text}`];
    })
    .join(' · ');
}

/** A value in a few words; null where it goes without saying, or is free text. */
export function valueText(
  setting: Setting,
  { names = {}, open }: SettingWords,
  value: unknown,
): string | null {
  const nameOf = (choice: string): string => names[choice] ?? choice;
  if (setting.kind === 'switch') return value === true ? 'yes' : null;
  if (setting.kind === 'choices') {
    const chosen = value as readonly string[];
    return chosen.length === setting.choices.length ? 'all' : chosen.map(nameOf).join(', ');
  }
  if (value === null || value === undefined) return open ?? null;
  if (setting.kind === 'choice') return nameOf(value as string);
  return setting.kind === 'integer' ? String(value as number) : null;
}
