/** Languages that the app's words are written in. Commands, files, records and the names of errors are English in all of them. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** How each calls itself, the same where there is room for a sign only, and the tag of its script for `lang` (BCP 47). */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };
export const LANGUAGE_SIGNS: Readonly<Record<Language, string>> = { en: 'EN', zh: '中' };
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans' };

/** The first of a browser's languages (`navigator.languages`, tags of BCP 47) that the app speaks; English where it speaks none. */
export function preferred(tags: readonly string[]): Language {
  for (const tag of tags) {
    const [primary = ''] = tag.toLowerCase().split('-');
    const spoken = LANGUAGES.find((language) => language === primary);
    if (spoken) return spoken;
  }
  return 'en';
}
