import { counted } from '../../counted.ts';
import { texts } from '../language/texts.ts';

/** What is counted: what has a record, or several of them. */
export type Noun = 'sample' | 'answer' | 'question';

export const en = {
  probe: 'Probe',
  model: 'Model',
  run: 'Run',
  again: 'Compute again',
  goOn: (done: number, all: number) => `Go on: ${done} of ${all} are kept`,
  cost: (samples: number, answers: number, whole: boolean) =>
    `${counted(samples, 'sample')} · ${counted(answers, 'answer')}${whole ? ', all of it kept' : ''}`,
  /** How far a run is. */
  some: (done: number, all: number, noun: Noun) => `${done} of ${counted(all, noun)} so far`,
  all: (all: number, noun: Noun) => counted(all, noun),
  save: (done: number, noun: Noun) => `Save the results of ${counted(done, noun)}`,
  forget: 'Forget these results',
  keepsNothing: 'This browser keeps no settings for a later visit.',
  pairs: 'Pairs',
  pairSets: {
    demo: 'demo pairs',
    minimal: 'minimal pairs',
    folder: 'a folder',
    own: 'your own pair',
  },
  questions: 'Questions',
  questionSets: {
    problems: 'problems',
    visual: 'visual questions',
    computed: 'visual questions to compute',
    list: 'a list',
  },
  own: {
    target: 'Image asked about',
    source: 'Image swapped in',
    question: 'Question',
    make: 'Make the pair',
  },
  needs: {
    folder: 'Choose a pair folder.',
    own: 'Choose two images and write a question.',
    list: 'Choose a list of questions.',
  },
  literalImages: {
    strip: (prompts: number) => `${prompts} prompts begin with a literal <image>: left out.`,
    keep: (prompts: number) => `${prompts} prompts begin with a literal <image>: passed on as text.`,
  },
  pictureGone: 'The picture is not kept',
};

export const t = texts('localize', en);
