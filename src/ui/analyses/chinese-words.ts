/** Chinese words of an analysis that is known by its name alone: for texts, which no analysis itself comes with. */
import { zh } from './words.zh.ts';
import type { Words } from '../../analyses/declaration.ts';

const WORDS: Readonly<Record<string, Words | undefined>> = zh;

/** Its name where it is none of this version's. */
export function chineseTitleOf(name: string): string {
  return WORDS[name]?.title ?? name;
}

/** What a form calls a setting; undefined where it has no name there. */
export function chineseSettingOf(name: string, setting: string): string | undefined {
  return WORDS[name]?.settings[setting]?.label;
}
