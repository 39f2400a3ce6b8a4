import { counted } from '../../counted.ts';
import { texts } from '../language/texts.ts';

export const en = {
  pages: {
    open: { title: 'Open', question: 'What did reinforcement learning change?' },
    localize: { title: 'Localize', question: 'Which layers does each skill live in?' },
    characterize: {
      title: 'Characterize',
      question: 'How large, and how varied, is the change that each stage of training made?',
    },
    transfer: {
      title: 'Transfer',
      question: 'Does a region of layers carry its skill into another model?',
    },
    necessity: { title: 'Necessity', question: 'Which region must RL be free to change?' },
    perception: {
      title: 'Perception or reasoning',
      question: 'Does the model fail to see, or fail to reason?',
    },
    study: { title: 'Study', question: 'What do all analyses together find?' },
  },
  settings: (told: string) => (told ? `Settings · ${told}` : 'Settings'),
  moreSettings: 'More settings',
  load: (names: string) => `Load ${names}`,
  goToOpen: 'Go to Open',
  shownAsKept: 'Shown as this browser keeps it: nothing is loaded for it.',
  shownAsCarried: (carried: string) => `${carried}. Nothing is loaded for it.`,
  back: 'Back to what is open',
  found: 'What was found',
  samples: 'Samples',
  how: 'How this is computed',
  body: 'The body',
  bodyAxis: (visionBlocks: number, layers: number) =>
    `The layer axis: ${counted(visionBlocks, 'vision block')}, the projector, ${counted(layers, 'LLM layer')}`,
  /** Of other depth than the body that is shown. */
  depth: (name: string, layers: number, visionBlocks: number) =>
    `${name} has ${counted(layers, 'layer')} and ${counted(visionBlocks, 'vision block')}`,
  depths: (depths: readonly string[]) => `${depths.join('; ')}.`,
  carried: (works: number) => `Carried with the app · ${works}`,
  kept: (works: number) => `Kept results · ${works}`,
  cutOff: (n: string) => `${n}, cut off`,
  show: 'Show',
  hide: 'Hide',
  delete: 'Delete',
  showWork: (title: string, told: string) => `Show ${title}, ${told}`,
  deleteWork: (title: string, told: string) => `Delete ${title}, ${told}`,
  showCarried: (title: string, told: string) => `Show ${title}, ${told}, carried with the app`,
  hideCarried: (title: string, told: string) => `Hide ${title}, ${told}, carried with the app`,
  deletesAnswers: 'The answers of these models to these questions, wherever else they are shown',
  cancel: 'Cancel',
  whole: 'All of it is there: forget these results to compute them again',
};

export const t = texts('analysis-page', en);
