import { counted } from '../format/quantity.ts';
import { texts } from '../language/texts.ts';

/** What stands about the finding that travels with the app. */
export const en = {
  where: '{carried}. More of it stands on {localize} and {characterize}.',
  run: 'Run it here',
  title: (before: string, after: string) => `Attention shift per layer, ${after} − ${before}`,
  description: (before: string, after: string) =>
    `How much more ${after} attends to the image than ${before}, sample by sample: mean of the differences. Where the interval leaves zero out, they differ.`,
  axis: (before: string, after: string) => `attention mass on the image, ${after} − ${before}`,
  none: 'no difference',
  samples: (n: number) => counted(n, 'sample'),
};

export const t = texts('open-finding', en);
