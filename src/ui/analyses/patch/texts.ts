import { texts } from '../../language/texts.ts';

export const en = {
  title: 'Whose answer comes out',
  description:
    'Share of questions on which the two models differ that are answered as by one or the other, with layers up to here handed over.',
  axis: 'answers alike (%)',
  as: (model: string) => `as ${model}`,
  recipient: 'recipient',
  donor: 'donor',
  neither: 'neither',
  samples: (layer: number | undefined, donor: string, alike: number, all: number, like: string) =>
    `Layers 1 to ${layer} of ${donor}: ${alike} of ${all} answered as ${like}`,
  columns: (recipient: string, donor: string): readonly string[] => [
    ...['question', 'image', 'stated', recipient, donor, 'patched', 'as'],
  ],
  image: 'image asked about',
  definition:
    "With layers 1 to d handed over, the recipient's hidden states after d layers are the donor's, at every position of prompt and answer: embeddings, vision tower and those layers, with their keys and values, are the donor's; the layers after, the final norm and the head are the recipient's.",
};

export const t = texts('analyses/patch', en);
