import { SvelteMap } from 'svelte/reactivity';
import type { Language } from './language.ts';

/** Texts of other languages than English, by the room or the analysis they are of. */
export type Dictionary = Readonly<Record<string, object>>;

interface Spoken {
  readonly language: Language;
  readonly dictionary: Dictionary;
}

/** In a map that is followed, since files with runes are none that Node reads. */
const spoken = new SvelteMap<'now', Spoken>([['now', { language: 'en', dictionary: {} }]]);

const now = (): Spoken => spoken.get('now') as Spoken;

/** The language that is spoken. Templates and `$derived` that read it are drawn again when another is chosen. */
export const language = (): Language => now().language;

/** Speaks a language from now on. `load` brings its texts; where it throws nothing changes. */
export async function speak(wanted: Language, load: () => Promise<Dictionary>): Promise<void> {
  spoken.set('now', { language: wanted, dictionary: wanted === 'en' ? {} : await load() });
}

/**
 * What is said in English whatever language is spoken: of files, whose columns and sentences are the same for everybody. What `make`
 * reads is made anew, and as it is spoken afterwards; nothing is drawn in between. Not while a template or a `$derived` is evaluated.
 */
export function inEnglish<T>(make: () => T): T {
  const before = now();
  if (before.language === 'en') return make();
  spoken.set('now', { language: 'en', dictionary: {} });
  try {
    return make();
  } finally {
    spoken.set('now', before);
  }
}

/**
 * The texts of `room` in the language that is spoken, English where the dictionary has none of it. A property is looked up when it is
 * read: what reads it in a template, a `$derived` or a function follows the choice, what reads it while its module is evaluated stays
 * English.
 */
export function texts<T extends object>(room: string, english: T): T {
  return new Proxy(english, {
    get: (_, name) => Reflect.get(now().dictionary[room] ?? english, name) as unknown,
  });
}
