import { ENGLISH } from '../../analyses/told-settings.ts';
import { counted } from '../format/quantity.ts';
import { texts } from '../language/texts.ts';

export const en = {
  /** Of an open number in a form, which is written as 0. */
  open: (meaning: string) => `0: ${meaning}`,
  /** How a setting stands in a line. */
  setting: {
    ...ENGLISH,
    ...{ no: 'no', none: 'none', open: 'open' },
  },
  /** How kept work is called, of its analysis, models and set. */
  work: {
    of: (analysis: string, models: string, set: string | null): string =>
      `${analysis} of ${models}${set === null ? '' : ` on ${set}`}`,
    part: (title: string, part: string) => `${title}; ${part}`,
    withStitch: 'with the stitch of Try it',
    n: {
      samples: (n: number): string => counted(n, 'sample'),
      tensors: (n: number): string => counted(n, 'tensor'),
      answers: (n: number): string => counted(n, 'answer'),
    },
  },
  changed: {
    further: {
      imageProcessing: 'Image processing',
      maxImagePixels: 'Largest image in pixels',
      cuts: 'Last layers of Early and Mid',
    } as Readonly<Record<string, string>>,
    of: (work: string) => `What is shown below is of the settings before: ${work}.`,
    closed: 'What it was measured of is not open, or not loaded, any more.',
    settings: (changes: readonly string[]) => `Settings have changed: ${changes.join('; ')}.`,
    otherSamples: 'other samples are asked',
    from: (what: string, before: string, now: string) => `${what} ${before} → ${now}`,
    weightsAs: 'Weights as',
    device: 'Device',
    checkpoints: 'Checkpoints',
    otherWeights: (folders: string) => `Other weights lie in ${folders}`,
  },
};

export const t = texts('analyses', en);
