/** Whose numbers stand under which role; the numbers themselves are the engine's (`src/engine/testing/golden-suite.ts`, transformers). */
import { describe, expect, it } from 'vitest';
import type { ScoreRequest } from '../../engine/protocol/scores.ts';
import { wholeModel, type ModelId } from '../../engine/subject.ts';
import { fakeScores } from '../../engine/testing/fake-scores.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { recordedEngine } from '../../study/testing/recorded-engine.ts';
import type { Readers, TokensRecord } from './difference.ts';
import { tokenDifferences } from './difference.ts';
import { choicesOf, concentrationOf, tokensByChange } from './summary.ts';
import { words } from './words.mjs';

const reader = (name: string) => ({ name, subject: wholeModel(name as ModelId, 2) });
const ALL: Readers = { base: reader('b'), in: reader('i'), rl: reader('r') };
const ITEMS: readonly Problem[] = [{ id: '1', question: 'What?', answer: 'a red dot' }];

/** What was found, and what the engine was asked. */
async function run(
  readers: Readers,
  forcedBy: TokensRecord['forcedBy'],
): Promise<{ readonly record: TokensRecord; readonly asked: ScoreRequest }> {
  const asked: ScoreRequest[] = [];
  const engine = {
    ...recordedEngine(),
    scoreAnswer: (request: ScoreRequest) => {
      asked.push(request);
      return Promise.resolve(fakeScores(request));
    },
  };
  const [record] = await tokenDifferences(engine, ITEMS, { readers, forcedBy, maxNewTokens: 4 });
  return { record: record as TokensRecord, asked: asked[0] as ScoreRequest };
}

const readersAsked = ({ readers }: ScoreRequest): readonly string[] =>
  readers.map(({ subject }) => subject.rest);

describe('one answer read by all', () => {
  it('files the numbers of each under its role, and asks for KL(RL ‖ IN)', async () => {
    const { record, asked } = await run(ALL, 'file');
    expect(readersAsked(asked)).toEqual(['b', 'i', 'r']);
    expect(asked).toMatchObject({ answer: 'a red dot', alternatives: 1, divergences: [{ p: 2, q: 1 }] });
    expect(record).toMatchObject({ id: '1', forcedBy: 'file', response: 'a red dot' });
    expect(record.tokens.map(({ text }) => text)).toEqual(['a', ' red', ' dot']);
    for (const [at, { logprob, rank, klRlIn }] of record.tokens.entries()) {
      expect(logprob).toEqual({ base: -at / 7, in: -(1 + at) / 7, rl: -(2 + at) / 7 });
      expect(rank).toEqual({ base: at % 4, in: (1 + at) % 4, rl: (2 + at) % 4 });
      expect(klRlIn).toBe((1 + at) / 13);
    }
  });

  it('leaves a role out that was not given', async () => {
    const { record, asked } = await run({ in: ALL.in, rl: ALL.rl }, 'file');
    expect(asked).toMatchObject({ divergences: [{ p: 1, q: 0 }] });
    expect(record.tokens[0]?.logprob).toEqual({ in: -0, rl: -1 / 7 });
  });

  it.each(['in', 'rl'] as const)('reads the answer of %s without its end', async (forcedBy) => {
    const { record, asked } = await run(ALL, forcedBy);
    expect(asked.answer).toEqual(record.tokens.map(({ id }) => id));
    expect(record.response).not.toBe('');
  });
});

describe('where the models differ', () => {
  const record = (id: string, ...kl: readonly number[]): TokensRecord => ({
    ...{ id, question: 'What?', forcedBy: 'rl', response: 'r' },
    tokens: kl.map((klRlIn, index) => ({
      ...{ id: index, text: ` t${index}`, klRlIn, logprob: { in: -1, rl: -1 } },
      ...{ rank: { in: 0, rl: 0 }, entropy: { in: 1, rl: 1 }, first: { in: 'no', rl: 'yes' } },
    })),
  });

  it('orders tokens of all answers, and says how few carry half', () => {
    const ordered = tokensByChange([record('a', 0.5, 4), record('b', 0.5, 1, 2)]);
    expect(ordered.map(({ token }) => token.klRlIn)).toEqual([4, 2, 1, 0.5, 0.5]);
    // 4 of 8 nats lie on the first of five.
    expect(concentrationOf(ordered)).toEqual({ tokens: 5, answers: 2, mean: 1.6, halfBy: 1 });
    expect(words.findings.concentration(concentrationOf(ordered))).toBe(
      'KL(RL ‖ IN) is 1.6 nats a token on average (5 tokens of 2 answers: too few to tell); half of it lies on 1 of them (20 %).',
    );
  });

  it('counts where the first choices differ, and names the one that diverges most', () => {
    const alike = { first: { in: ' so', rl: ' so' } };
    const [most, ...others] = record('a', 4, 2, 1).tokens;
    if (!most) throw new Error('there is no token');
    const found = choicesOf(tokensByChange([{ ...record('a'), tokens: [{ ...most, ...alike }, ...others] }]));
    expect(found).toMatchObject({ tokens: 3, differing: 2, first: { kl: 2 } });
    expect(words.findings.choices(found)).toBe(
      'RL\'s first choice is not IN\'s at 2 of 3 tokens, most at "t1" of a (2 nats): IN would have said "no", RL "yes".',
    );
    expect(words.findings.choices(choicesOf([]))).toBe("RL's first choice is not IN's at 0 of 0 tokens.");
  });

  it('claims nothing of models that agree, or of no token', () => {
    expect(concentrationOf(tokensByChange([record('a', 0, 0)]))).toEqual({
      tokens: 2,
      answers: 1,
      mean: 0,
      halfBy: null,
    });
    expect(concentrationOf([])).toEqual({ tokens: 0, answers: 0, mean: 0, halfBy: null });
  });
});
