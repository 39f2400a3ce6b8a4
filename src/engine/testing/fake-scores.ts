/** What an engine without a model says of an answer: the same whenever it is asked, and other for every reader and token. */
import type { AnswerScores, ScoreRequest } from '../protocol/scores.ts';

export function fakeScores({
  answer,
  readers,
  alternatives = 0,
  divergences = [],
}: ScoreRequest): AnswerScores {
  const pieces =
    typeof answer === 'string' ? (answer.match(/\s*\S+/g) ?? []) : answer.map((token) => ` ${token}`);
  const tokens = typeof answer === 'string' ? pieces.map((_, index) => index) : answer;
  return {
    tokens,
    pieces,
    readers: readers.map((_, reader) => ({
      promptTokens: 24,
      imageTokens: 0,
      scores: tokens.map((__, at) => ({
        logprob: -(reader + at) / 7,
        rank: (reader + at) % 4,
        entropy: (1 + reader + at) / 9,
        alternatives: Array.from({ length: alternatives }, (___, place) => ({
          token: place,
          text: ` word${place}`,
          logprob: -(1 + place) / 3,
        })),
      })),
    })),
    divergences: divergences.map(({ p, q }) =>
      tokens.map((_, at) => (p === q ? 0 : (1 + at) / (10 + p + q))),
    ),
    seconds: 0,
  };
}
