import { createSubscriber } from 'svelte/reactivity';
import type { Language } from './language.ts';

/** Texts of other languages than English, by the room or the analysis they are of. */
export type Dictionary = Readonly<Record<string, object>>;

let spoken: Language = 'en';
let dictionary: Dictionary = {};

const listeners = new Set<() => void>();
const follow = createSubscriber((update) => {
  listeners.add(update);
  return () => listeners.delete(update);
});

/** The language that is spoken. Templates and `$derived` that read it are drawn again when another is chosen. */
export function language(): Language {
  follow();
  return spoken;
}

/** Speaks a language from now on. `load` brings its texts; where it throws nothing changes. */
export async function speak(wanted: Language, load: () => Promise<Dictionary>): Promise<void> {
  become(wanted, wanted === 'en' ? {} : await load());
}

function become(next: Language, texts: Dictionary): void {
  [spoken, dictionary] = [next, texts];
  for (const update of listeners) update();
}

/**
 * What is said in English whatever language is spoken: of files, whose columns and sentences are the same for everybody. What `make`
 * reads is made anew, and as it is spoken afterwards; nothing is drawn in between. Not while a template or a `$derived` is evaluated.
 */
export function inEnglish<T>(make: () => T): T {
  const before = [spoken, dictionary] as const;
  if (spoken === 'en') return make();
  become('en', {});
  try {
    return make();
  } finally {
    become(...before);
  }
}

/**
 * The texts of `room` in the language that is spoken, English where the dictionary has none of it. A property is looked up when it is
 * read: what reads it in a template, a `$derived` or a function follows the choice, what reads it while its module is evaluated stays
 * English.
 */
export function texts<T extends object>(room: string, english: T): T {
  return new Proxy(english, {
    get(_, name) {
      follow();
      return Reflect.get(dictionary[room] ?? english, name) as unknown;
    },
  });
}
