import { texts } from '../../language/texts.ts';

export const en = {
  answerTo: 'Answer to',
  title: 'Divergence along the answer',
  description: (id: string | undefined) =>
    `KL(RL ‖ IN) at every token of ${id === undefined ? 'one answer' : `the answer to ${id}`}, in nats: 0 where both models say the same.`,
  axis: 'KL(RL ‖ IN), nats',
  tokens: 'token of the answer',
  token: (at: number, text: string) => `token ${at}, “${text}”`,
  logprob: (before: string, after: string) => `ln p: IN ${before}, RL ${after}`,
  rank: (before: number, after: number) => `rank: IN ${before}, RL ${after}`,
  instead: (before: string, after: string) => `IN would have said “${before}”, RL “${after}”`,
  of: (kl: string, before: string, after: string) => `KL ${kl}; IN “${before}”, RL “${after}”`,
  shade: 'Shaded by KL(RL ‖ IN): none at 0, full from 3 nats on.',
  changed: 'Tokens that changed most',
  image: 'image asked about',
  columns: [
    ...['token', 'question', 'KL', 'ln p of IN', 'ln p of RL', 'IN would have said', 'RL would have said'],
  ] as readonly string[],
  table: {
    question: 'question',
    token: 'token',
    text: 'text',
    kl: 'KL(RL ‖ IN) (nats)',
    logprob: (model: string) => `ln p, ${model}`,
    rank: (model: string) => `rank, ${model}`,
    entropy: (model: string) => `entropy, ${model} (nats)`,
    first: (model: string) => `first choice, ${model}`,
  },
  definition: [
    'One greedy answer (RL’s, IN’s, or the one that the list states) is read by all models, each with the question in its own chat template. At every token of it each model says what it would have said there: log-probability and rank of the token (1 is its first choice), and the entropy of its distribution, over all rows of its head. Logarithms are natural. The token that ends an answer does not count.',
    'KL(RL ‖ IN) is the divergence of RL’s distribution from IN’s at a token, over the whole vocabulary, in nats. It weighs by what RL says: 0 where both say the same.',
  ] as readonly string[],
};

export const t = texts('analyses/tokens', en);
