import type { SampleSet } from '../../demo/samples.ts';
import { counted } from '../format/quantity.ts';
import { texts } from '../language/texts.ts';
import type { Origin } from './samples.svelte.ts';

interface Named {
  readonly name: string;
  readonly title: string;
}

/** Of the sheet of samples. */
export const en = {
  title: 'Samples',
  set: 'Set',
  sets: {
    pairs: { name: 'Pairs', title: 'Two pictures under one prompt, for the token swap' },
    'minimal-pairs': { name: 'Minimal pairs', title: 'Pairs that differ in one thing' },
    'general-vqa': { name: 'General questions', title: 'The answer needs seeing only' },
    'math-targeted-vqa': { name: 'Math questions', title: 'The answer needs seeing and computing' },
    problems: { name: 'Problems', title: 'Text only' },
    puzzles: { name: 'Puzzles', title: 'Eight families, with states and verifiers' },
  } satisfies Record<SampleSet, Named>,
  from: 'From',
  origins: {
    committed: { name: 'Committed', title: 'What the studies use; held out from training' },
    drawn: { name: 'Drawn here', title: 'New ones by the same generator; held out from training' },
  } satisfies Record<Origin, Named>,
  seed: 'Seed',
  nextSeed: 'Next seed',
  family: 'Family',
  all: 'All',
  tryAgain: 'Try again',
  count: (n: number) => counted(n, 'sample'),
  fetching: (n: number) => (n > 0 ? `Fetching, ${n} so far` : 'Fetching'),

  sample: 'Sample',
  level: (level: number) => `level ${level}`,
  target: 'Target',
  source: 'Source',
  picture: 'Picture',
  ask: 'Ask',
  askSource: 'Ask of the source',
  answer: 'Answer',
  description: 'Description',
  rationale: 'A way to it',
};

export const t = texts('demo-samples', en);
