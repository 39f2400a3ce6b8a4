import * as v from 'valibot';
import { LANGUAGES, LANGUAGE_TAGS, preferred, type Language } from '../language/language.ts';
import { speak } from '../language/texts.ts';
import { keepSettings, keptSettings, type SettingShapes } from '../state/kept-settings.ts';

const KEY = 'frankenscope.language';
const SHAPES = { language: v.picklist(LANGUAGES) } satisfies SettingShapes;

/** Speaks a language on this page. Where its texts are not served the page goes on in the one that it has. */
async function begin(wanted: Language): Promise<boolean> {
  try {
    await speak(wanted, async () => (await import('./chinese.ts')).CHINESE);
  } catch {
    return false;
  }
  document.documentElement.lang = LANGUAGE_TAGS[wanted];
  return true;
}

/** The language chosen on an earlier visit, else the browser's. */
export async function speakAsChosen(): Promise<void> {
  await begin(keptSettings(KEY, SHAPES).values.language ?? preferred(navigator.languages));
}

/** Speaks another from now on, on later visits too. */
export async function choose(wanted: Language): Promise<void> {
  if (await begin(wanted)) keepSettings(KEY, { language: wanted });
}
