import { texts } from '../../language/texts.ts';

export const en = {
  readable: {
    title: 'Where the answer can be read',
    description: "Share of samples whose most likely token after this layer is already the answer's first.",
    axis: 'readable (%)',
  },
  ranks: {
    title: 'Rank of the answer',
    description: "Median rank of the answer's first token after each layer; 1 is the most likely.",
    axis: 'median rank',
  },
  samples: (model: string | undefined, layer: number | undefined, readable: number, all: number) =>
    `${model}, after layer ${layer}: ${readable} of ${all} readable`,
  columns: [
    'question',
    'image',
    'answer begins',
    'most likely here',
    'the answer’s share',
    'rank',
  ] as readonly string[],
  image: 'image asked about',
  definition:
    "The hidden state at the position before the answer's first token goes through the final norm and the head after every layer. Each model reads its own answer. Intervals are Wilson's, 95 %, of region means a bootstrap over samples. Points on fewer than 10 are hollow; of fewer than 4 no share is said.",
};

export const t = texts('analyses/lens', en);
