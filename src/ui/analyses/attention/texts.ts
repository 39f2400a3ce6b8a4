import { texts } from '../../language/texts.ts';

export const en = {
  reading: 'Reading',
  readings: {
    mass: { name: 'mass', title: 'summed over the image’s tokens', axis: 'attention mass on the image' },
    mean: {
      name: 'mean',
      title: 'also divided by their number, as Eq. 1 prints',
      axis: 'attention per image token',
    },
  },
  shift: {
    title: (after: string, before: string) => `Attention shift per layer, ${after} − ${before}`,
    description: (after: string, before: string) =>
      `How much more ${after} attends to the image than ${before}, sample by sample: mean of the differences. Where the interval leaves zero out, they differ.`,
    axis: (quantity: string, after: string, before: string) => `${quantity}, ${after} − ${before}`,
    none: 'no difference',
  },
  layers: {
    title: 'Attention onto the image',
    description:
      "Attention from generated tokens onto the image's tokens, mean over heads, tokens and samples.",
  },
  range: (paper: string, low: string, high: string) => `${paper}: ${low} to ${high}`,
  paper: 'paper',
  headsOf: 'Heads of',
  heads: {
    title: (model: string) => `Attention mass, head by head, ${model}`,
    description:
      'Attention mass onto the image of every head of every layer, mean over samples. One scale of colours for all models.',
    axis: 'attention mass',
    rows: 'head',
  },
  look: {
    title: 'Where a token looks',
    question: 'Question',
    choose: 'choose one',
    layer: 'Layer',
    answering: 'Answering.',
    of: (model: string) => `${model}: attention`,
    mass: (mass: string) => `mass ${mass}`,
  },
  definition:
    "For each layer the attention that generated tokens pay to the image's tokens, mean over heads and tokens, then over samples (P1 Eq. 1). Mass sums over the image's tokens, which fits the scale P1 plots; mean also divides by their number, which is what the formula prints. “One answer by all” forces IN's greedy answer on every model, so that all read the same tokens. The token that ends an answer is never read and does not count. Intervals, of the difference too, are Student's over samples, 95 %; one sample has none.",
};

export const t = texts('analyses/attention', en);
