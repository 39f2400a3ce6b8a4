import type { TokensRecord } from '../../../../analyses/tokens/difference.ts';

/** How two models read one answer, token by token. */
export const ANSWER: TokensRecord = {
  ...{ id: 'clock-1', question: 'What time does the clock show?', forcedBy: 'rl', response: '' },
  tokens: [
    'The',
    ' hour',
    ' hand',
    ' is',
    ' past',
    ' three',
    ',',
    ' so',
    ' it',
    ' is',
    ' half',
    ' past',
    ' three',
    '.',
  ].map((text, at) => ({
    ...{
      id: at,
      text,
      klRlIn: [0.02, 0.1, 0.01, 0.4, 2.1, 0.9, 0.05, 1.2, 0.03, 0.02, 2.6, 0.3, 0.2, 0.01][at] ?? 0,
    },
    ...{ logprob: { in: -0.2 * at, rl: -0.1 }, rank: { in: at % 3, rl: 0 }, entropy: { in: 0.5, rl: 0.3 } },
    first: { in: at % 3 === 0 ? text : ' quarter', rl: text },
  })),
};
