import { texts } from '../language/texts.ts';
import type { OfflinePart } from './keep-all.ts';

/** What is kept for times without a network. */
export const en = {
  title: 'Without a network',
  parts: {
    app: 'App and findings',
    runtime: 'Runtime',
    samples: 'Sample sets',
    demo: 'Demo family',
  } satisfies Record<OfflinePart['name'], string>,
  job: 'Keeping all of it for times without a network',
  progress: (done: string, total: string) => `${done} of ${total}`,
  nothing:
    'This browser keeps nothing of the app (a private window, service workers switched off, or a host without https): without a network it does not open.',
  all: (size: string) => `${size}, all here`,
  none: (size: string) => `${size}, not here`,
  some: (here: string, size: string) => `${here} of ${size} here`,
  make: (size: string) => `Make all available offline (${size})`,
  otherwise: 'Otherwise each is kept when it is first used.',
  whole: 'The app opens and runs without a network.',
  refused: 'The browser or the host refused a part: what is missing stands above.',
};

export const t = texts('offline-kept', en);
