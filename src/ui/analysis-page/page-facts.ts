import type { PageId } from '../state/hash.ts';

export interface PageFacts {
  /** The digit that goes there. */
  readonly key: string;
  readonly title: string;
  /** The question the page answers, its first sentence. */
  readonly question: string;
}

/** What each page is called and asks, in the order of the way through. */
export const PAGE_FACTS: Readonly<Record<PageId, PageFacts>> = {
  open: { key: '1', title: 'Open', question: 'What did reinforcement learning change?' },
  localize: { key: '2', title: 'Localize', question: 'Which layers does each skill live in?' },
  characterize: {
    key: '3',
    title: 'Characterize',
    question: 'How large, and how varied, is the change that each stage of training made?',
  },
  transfer: {
    key: '4',
    title: 'Transfer',
    question: 'Does a region of layers carry its skill into another model?',
  },
  necessity: { key: '5', title: 'Necessity', question: 'Which region must RL be free to change?' },
  perception: {
    key: '6',
    title: 'Perception or reasoning',
    question: 'Does the model fail to see, or fail to reason?',
  },
  study: { key: '7', title: 'Study', question: 'What do all analyses together find?' },
};

/** The digit of Try it, which is no page but is reached like one. */
export const TRY_IT_KEY = '8';
