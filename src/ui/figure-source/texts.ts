import { listing } from '../../checkpoint/listing.ts';
import { listed } from '../../listed.mjs';
import { type Origin, originText } from '../../study/journal/origin-text.ts';
import { texts } from '../language/texts.ts';

export const en = {
  /** What was done to updates. @param formulas none where they are too many */
  updates: (work: string, formulas: readonly string[]) =>
    formulas.length === 0 ? work : `${work}, ${listed(formulas)},`,
  opened: (title: string) => `${title}, as an opened result folder has it,`,
  rounding: (scheme: string) => `Rounding to ${scheme}`,
  demoQuestions: 'the demo’s questions',
  byHand: 'The pair was made by hand on the page, so that no command names it.',
  samples: (name: string) => `<${name}> stands for where these samples lie.`,
  questions: (name: string) => `<${name}> stands for where these questions lie.`,
  recipe: (role: string) => `<recipe ${role}> stands for the file with that merge’s recipe.`,
  without: (models: readonly string[]) =>
    `The command has no flag for ${listing(models)}: it asks the other models alone.`,
  stitch: 'The stitch made by hand is not among what the command asks.',
  noCommand: 'No command takes what this is made of.',
  folder: (name: string) =>
    `Read from the result folder ${name}, which names neither checkpoints nor a command.`,
  origin: (origin: Origin) => {
    const text = originText(origin);
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  },
};

export const t = texts('figure-source', en);
