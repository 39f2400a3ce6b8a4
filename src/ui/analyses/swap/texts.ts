import { swapped, TASK_NAMES } from '../../../analyses/swap/words.mjs';
import { texts } from '../../language/texts.ts';

export const en = {
  title: 'Change rate per layer',
  description: swapped,
  axis: 'change rate (%)',
  tasks: TASK_NAMES,
  source: (citation: string) => `${citation}, layers counted from 0`,
  samples: (task: string, layer: number | undefined, changed: number, all: number) =>
    `${task}, layer ${layer}: ${changed} of ${all} changed`,
  asked: 'image asked about',
  swappedIn: 'image swapped in',
  without: 'without',
  swapped: 'swapped',
  stated: 'stated',
  answers: (target: string, source: string) => `${target}, source ${source}`,
  went: { unchanged: 'unchanged', source: 'to the source’s answer', elsewhere: 'elsewhere' },
  verdict: (changed: boolean, went: string) => `${changed ? 'changed' : 'not changed'}, went ${went}`,
  resampled: (verdict: string, from: number, to: number) =>
    `${verdict}; resampled from ${from} to ${to} tokens`,
  definition: [
    "The source image is read with the same prompt, and every layer's keys (after rotary position) and values at its image tokens are kept. Then the target is answered, once as it is and once for each layer, whose keys and values at the image positions are replaced by the source's, once, while the prompt is read (P1 Eq. 2, VFL). Answers are greedy. “This layer and all after it” is what the reference code does; with images of as many tokens it is the same as P1 App. D.2.1, which replaces the hidden states that enter the layer and lets the pass go on. The code also appends the source's block again at every decoding step, for want of a guard; that is not reproduced.",
    "One layer's entries are read by all that follows, the image's own positions included, which carry the change on to the layers above (P1 Eq. 2, which does not say who reads); or only by what comes after the image: the prompt is read as it is up to the image's end, and goes on with the swapped entries, so that the image in the next layer is untouched, as VFL's teaser draws it. At the last layer, and from any layer on, both are one. On the demo's IN, 565 of 4,800 answers differ between the two, 490 of them boxes; in early layers, words change less often where text alone reads. No peak moves.",
    'The answers of a sweep are rows of common batches, several samples at a time; each row is what a run of its own gives.',
    'An image of another size has another number of tokens: its keys and values are resampled linearly along the token axis, and the sample is marked. (The reference drops it.)',
    "Changed, by the papers: OCR, the text differs; counting, the count differs; grounding, the box overlaps the source's (IoU above 0.5); recognition, the answer is the source's “No”. The last two do not look at the original answer, so a model that was wrong before counts: how many do so without a swap is said below the charts. By the reference code: the whole responses differ after lower-casing, trimming and dropping {marks} at the end; from 20 characters on, containment counts as the same. For the papers' definitions the answer is what stands in {answer}, else after {think}.",
    "Intervals of rates are Wilson's, 95 %; those of region means a bootstrap over pairs, whose own layers are not independent. Points on fewer than 10 pairs are hollow; of fewer than 4 no share is said.",
  ] as readonly string[],
};

export const t = texts('analyses/swap', en);
