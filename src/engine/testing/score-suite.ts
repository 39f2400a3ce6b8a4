/** Answers scored by several models against transformers, the same suite on every device. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import type { Device } from '../protocol/device.ts';
import type { Ablation } from '../protocol/intervention.ts';
import type { AnswerReader, AnswerScores, ScoreProgress } from '../protocol/scores.ts';
import type { ModelId } from '../subject.ts';
import type { Golden, GoldenCase, ReadGolden } from './goldens.ts';
import { goldenFolder, goldenImages, readGolden } from './goldens.ts';

type Letter = 'a' | 'b' | 'c';

/** One value for each token of the answer. */
interface GoldenScores {
  readonly logprobs: readonly number[];
  readonly ranks: readonly number[];
  /** Whether no other token is so close that the rank may differ. */
  readonly clear: readonly boolean[];
  readonly entropies: readonly number[];
  readonly likeliest: readonly (readonly number[])[];
  readonly likeliestLogprobs: readonly (readonly number[])[];
}

interface GoldenTokenScores {
  readonly checkpoints: Readonly<Record<Letter, string>>;
  /** `layers`: the checkpoint of each, a letter a layer. */
  readonly readers: readonly { readonly rest: Letter; readonly layers: string; readonly ablate?: Ablation }[];
  readonly divergences: readonly { readonly p: number; readonly q: number }[];
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly answer: readonly number[];
        readonly readers: readonly GoldenScores[];
        readonly divergences: readonly (readonly number[])[];
      }
    >
  >;
}

export interface ScoreSuite {
  readonly device: Device;
  readonly read: ReadGolden;
  readonly createEngine: (decodeImage: (file: Blob) => Promise<never>) => Engine;
  /** Cases to run; default all. A software GPU takes seconds for each. */
  readonly cases?: readonly string[];
  /** Relative, and for values below 1 absolute. The golden models' logits reach 80. */
  readonly bound: number;
}

const LIKELIEST = 5;

export function describeScores(suite: ScoreSuite): void {
  describe(`answers scored on ${suite.device} against transformers`, () => {
    let engine: Engine;
    let golden: GoldenTokenScores;
    let asked: Golden;
    let images: Awaited<ReturnType<typeof goldenImages>>;
    let readers: readonly [AnswerReader, ...AnswerReader[]];

    beforeAll(async () => {
      golden = JSON.parse(
        new TextDecoder().decode(await suite.read('expected/token-scores.json')),
      ) as GoldenTokenScores;
      images = await goldenImages(suite.read);
      engine = suite.createEngine(images.decode as never);
      const { checkpoints } = golden;
      for (const name of Object.values(checkpoints)) {
        const id = name as ModelId;
        await engine.open(id, name, await goldenFolder(suite.read, name));
        await engine.load(`load ${name}`, id, { device: suite.device, dtype: 'f32' }, () => undefined);
      }
      const idOf = (letter: Letter): ModelId => checkpoints[letter] as ModelId;
      readers = golden.readers.map(({ rest, layers, ablate }) => ({
        subject: { rest: idOf(rest), layers: [...layers].map((letter) => idOf(letter as Letter)) },
        ...(ablate ? { row: { ablate: [ablate] } } : {}),
      })) as readonly AnswerReader[] as readonly [AnswerReader, ...AnswerReader[]];
      asked = await readGolden(suite.read, checkpoints.a);
    });

    const score = async (
      name: string,
      onProgress?: (progress: ScoreProgress) => void,
    ): Promise<AnswerScores> => {
      const item = asked.cases[name] as GoldenCase;
      return engine.scoreAnswer(
        {
          job: name,
          messages: item.messages,
          images: await Promise.all(item.images.map((image) => images.file(image))),
          readers,
          answer: golden.cases[name]?.answer ?? [],
          alternatives: LIKELIEST,
          divergences: golden.divergences,
        },
        onProgress,
      );
    };
    const expectNear = (found: number | undefined, expected: number, label: string): void => {
      const error = Math.abs((found ?? NaN) - expected) / Math.max(1, Math.abs(expected));
      expect(error, `${label}: ${found} for ${expected}`).toBeLessThan(suite.bound);
    };

    it('log-probabilities, ranks, entropies, likeliest tokens and divergences', async () => {
      const names = Object.keys(golden.cases).filter((name) => suite.cases?.includes(name) ?? true);
      expect(names.length).toBeGreaterThan(1);
      for (const name of names) {
        const expected = golden.cases[name] as (typeof golden.cases)[string];
        const found = await score(name);
        expect(found.tokens).toEqual(expected.answer);
        expect(found.readers).toHaveLength(readers.length);
        found.readers.forEach(({ promptTokens, imageTokens, scores }, reader) => {
          expect(promptTokens).toBe(asked.cases[name]?.inputIds.length);
          expect(imageTokens).toBe(asked.cases[name]?.imagePositions.length);
          const of = expected.readers[reader] as GoldenScores;
          expect(scores).toHaveLength(expected.answer.length);
          scores.forEach(({ logprob, rank, entropy, alternatives }, at) => {
            const label = `${name}, reader ${reader}, token ${at}`;
            expectNear(logprob, of.logprobs[at] as number, `${label}: ln p`);
            expectNear(entropy, of.entropies[at] as number, `${label}: entropy`);
            if (of.clear[at]) expect(rank, `${label}: rank`).toBe(of.ranks[at]);
            expect(
              alternatives.map(({ token }) => token),
              label,
            ).toEqual(of.likeliest[at]);
            alternatives.forEach((one, place) =>
              expectNear(
                one.logprob,
                of.likeliestLogprobs[at]?.[place] as number,
                `${label}: place ${place}`,
              ),
            );
          });
        });
        found.divergences.forEach((values, pair) =>
          expected.divergences[pair]?.forEach((value, at) =>
            expectNear(values[at], value, `${name}, divergence ${pair}, token ${at}`),
          ),
        );
        expect(found.divergences.map(({ length }) => length)).toEqual(
          golden.divergences.map(() => expected.answer.length),
        );
      }
    });

    it('tells how far it is, and holds nothing afterwards', async () => {
      const backend = await engine.backend(suite.device);
      const before = backend.heldBytes;
      const told: ScoreProgress[] = [];
      await score('text', (progress) => told.push(progress));
      expect(told).toEqual([
        ...readers.map((_, done) => ({ phase: 'reading', done, total: readers.length })),
        { phase: 'scoring', done: 0, total: golden.cases['text']?.answer.length },
      ]);
      expect(backend.heldBytes).toBe(before);
    });
  });
}
