/** Answers under a repetition penalty against `generate` of transformers (`tools/goldens/repetition.py`). */
import { expect, it } from 'vitest';
import { generate } from './generate.ts';
import { penalizeRepeated } from './repetition.ts';
import { goldenModel } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { readGolden } from './testing/goldens.ts';

interface PenalizedAnswer {
  readonly penalty: number;
  readonly tokens: readonly number[];
  /** Leading tokens that are clear of ties. */
  readonly compared: number;
}

type PenalizedAnswers = Readonly<Record<string, readonly PenalizedAnswer[]>>;

it('divides positive logits and multiplies negative ones, each token once, in f32', () => {
  const logits = Float32Array.of(2, -2, 3, 0);
  penalizeRepeated(logits, new Set([0, 1, 3, 99]), 1.05);
  expect([...logits]).toEqual([
    Math.fround(2 / Math.fround(1.05)),
    Math.fround(-2 * Math.fround(1.05)),
    3,
    0,
  ]);
});

it.each(['untied-gqa4-f32', 'tied-gqa1-bf16-old'])(
  '%s: the answers of transformers, alone and in a batch with rows that go on differently',
  async (name) => {
    const file = await readFromDisk('expected/repetition.json');
    const expected = JSON.parse(new TextDecoder().decode(file)) as Record<string, PenalizedAnswers>;
    const { cases } = await readGolden(readFromDisk, name);
    const { runtime, resident, folder, prepare } = await goldenModel(name);
    const { layers } = folder.config.text;
    const subject = { layers: Array.from({ length: layers }, () => resident), rest: resident };
    for (const [asked, answers] of Object.entries(expected[name] ?? {})) {
      const golden = cases[asked];
      if (!golden) throw new RangeError(`no case ${asked}`);
      const { sequence, nextPosition } = await prepare(golden);
      for (const { penalty, tokens, compared } of answers) {
        const rows = await generate(runtime, subject, sequence, {
          rows: [{ ablate: [{ layer: 1, part: 'layer' }] }, {}],
          maxNewTokens: 32,
          sampling: { temperature: 0, seed: 0, repetitionPenalty: penalty },
          nextPosition,
          sources: new Map(),
          rowsPerPrefill: 2,
        });
        expect(rows[1]?.tokens.slice(0, compared)).toEqual(tokens.slice(0, compared));
      }
      const all = [golden.greedy, ...answers].map(({ tokens }) => tokens.join());
      expect(new Set(all).size).toBeGreaterThan(2);
    }
  },
);
