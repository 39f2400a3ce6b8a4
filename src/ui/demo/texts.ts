import { texts } from '../language/texts.ts';

/** Of the offer on the start page; the sheet of samples has its own (`sample-texts.ts`). */
export const en = {
  family: 'Demo family',
  open: 'Open the demo family',
  openRest: 'Open the rest of the demo family',
  tryAgain: 'Try again',
  opening: 'Opening the demo family',
  cancel: 'Cancel',
  browse: 'Browse the samples',
  guide: 'Guide',
  about:
    'Six models of three million parameters, trained for this app: Base, IN, RL, and RL with Early, Mid or Late frozen. They know coloured shapes, words, charts, clocks and boards.',
  notKept: 'The browser gave no room to keep the demo family: without a network it will not open again.',
  readingIndex: 'Reading its index',
  fetching: (title: string, done: string, total: string) => `${title}: ${done} of ${total}`,
  loading: 'Loading onto the device',
};

export const t = texts('demo', en);
