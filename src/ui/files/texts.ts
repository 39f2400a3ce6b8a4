import type { AskedRole } from '../../probes/data/column-guess.ts';
import { texts } from '../language/texts.ts';

export const en = {
  folder: 'Choose a folder',
  files: 'or files',
  readingCache: 'Reading the cache',
  columns: {
    title: 'Which column is what?',
    roles: {
      question: 'Question',
      answer: 'Answer',
      image: 'Picture',
      choices: 'Choices',
    } satisfies Record<AskedRole, string>,
    choose: 'choose one',
    none: 'none',
    first: (shown: number, rows: number) => `The first ${shown} of ${rows} rows`,
    read: 'Read the list',
    leave: 'Leave it',
  },
};

export const t = texts('files', en);
