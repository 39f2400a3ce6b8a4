import { texts } from '../language/texts.ts';

export const en = {
  header: {
    pages: 'Pages',
    theme: 'Theme',
    themes: { system: 'Auto', light: 'Light', dark: 'Dark' },
    talk: 'Talk',
    talkMode: 'Talk mode',
    help: 'Help',
    keysAndWords: 'Keys and words',
    tryIt: 'Try it',
    tryItKeys: (key: string) => `Try it (t or ${key})`,
    language: 'Language',
  },
};

export const t = texts('app', en);
