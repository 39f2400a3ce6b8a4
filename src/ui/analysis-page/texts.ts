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
};

export const t = texts('analysis-page', en);
