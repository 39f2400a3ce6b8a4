import { EVALUATION } from './shared/evaluation.mjs';
import { MODEL } from './shared/flags.mjs';

/** @type {import('../commands.mjs').Command} */
export const command = {
  help: 'perception or reasoning: puzzles by image and by text',
  writes: 'json',
  flags: {
    model: { ...MODEL, repeated: true },
    reward: {
      kind: 'choice',
      choices: ['vanilla', 'only-accuracy', 'mixture', 'continuous', 'visual-fusion', 'no-accuracy'],
      help: 'one of the six rewards (default: all)',
    },
    text: {
      kind: 'choice',
      choices: ['alone', 'black'],
      help: 'the text side: text alone, or with a black image (default: alone; black for the demo style)',
    },
    ...EVALUATION,
  },
};
