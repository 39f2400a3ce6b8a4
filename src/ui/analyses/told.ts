import type { AskedModel } from '../../analyses/asked-model.ts';
import type { Settings, Words } from '../../analyses/declaration.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import { toldSettings } from '../../analyses/told-settings.ts';
import { t } from './texts.ts';
import { wordsOf } from './words-of.ts';

interface Declared {
  readonly declaration: { readonly name: string; readonly settings: Settings };
  readonly words: Words;
}

/** The settings of an analysis that matter, in a line, in the language that is spoken. */
export function told(
  analysis: Declared,
  values: SettingValues,
  models: readonly Pick<AskedModel, 'checkpoint'>[] = [],
): string {
  return toldSettings(analysis.declaration.settings, wordsOf(analysis).settings, values, models, t.setting);
}
