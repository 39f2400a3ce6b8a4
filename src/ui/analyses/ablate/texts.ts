import { texts } from '../../language/texts.ts';

export const en = {
  errors: {
    title: 'Error rate per ablated layer',
    description: 'Share of wrong answers when one layer adds nothing to the residual stream.',
    axis: 'error rate (%)',
  },
  lengths: {
    title: 'Length of the answers',
    description: 'Mean number of tokens of an answer with one layer left out, up to where answers are cut.',
    axis: 'tokens',
  },
  model: 'model',
  part: (model: string, part: string) => `${model} without ${part}`,
  baseline: (model: string) => `${model} without ablation`,
  samples: (layer: number | undefined, wrong: number, all: number) =>
    `Without layer ${layer}: ${wrong} of ${all} wrong`,
  columns: ['question', 'right', 'without ablation', 'layer left out'] as readonly string[],
  definition:
    "The layer's output is its input: what attention and MLP add is multiplied by 0, at every position. An answer is read from the answer tag, else the last box, else “answer is”, else the last number, and is right if it is the same text, the same mathematics, or within 1 %. The samples are those NumPy's {choice} draws. The drop in accuracy is compared problem by problem (McNemar, exact; Newcombe's interval). Intervals of error rates are Wilson's, of region means a bootstrap over problems, of lengths Student's, 95 %. Points on fewer than 10 problems are hollow; of fewer than 4 no share is said.",
};

export const t = texts('analyses/ablate', en);
