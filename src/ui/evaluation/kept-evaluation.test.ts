/** What an evaluation is shown by again: a stitch that was asked besides is one of the models that are kept, or nothing is shown. */
import { expect, test } from 'vitest';
import type { ModelId, Subject } from '../../engine/subject.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { identityAt } from '../theme/identity.ts';
import { evaluationAgain, keptEvaluation } from './kept-evaluation.ts';

const engine = new FakeEngine();
const models = await Promise.all(
  ['in', 'rl'].map(async (name, place) => {
    const checkpoint = await engine.open(name, new Map());
    const options = { device: 'wasm', dtype: 'f32' } as const;
    const model = await engine.load(name, checkpoint.id, options, () => undefined);
    return { identity: identityAt(place + 1), checkpoint, model };
  }),
);
const reading = { imageProcessing: 'transformers-5', maxImagePixels: 200_704 } as const;
const [one, other] = models.map(({ checkpoint }) => checkpoint.id) as [ModelId, ModelId];

const kept = async (stitch: Subject | null) =>
  JSON.stringify(await keptEvaluation({ models, values: {}, reading, cuts: null, sets: null, stitch }));
const again = (text: string) => evaluationAgain(JSON.parse(text) as Parameters<typeof evaluationAgain>[0]);

test('a stitch comes back as it was; what older visits kept has none', async () => {
  const stitch: Subject = { layers: [one, other], rest: one, head: other };
  expect(again(await kept(stitch))).toMatchObject({ stitch });
  const text = await kept(null);
  expect(again(text)).toMatchObject({ stitch: null });
  expect(again(text.replace(',"stitch":null', ''))).toMatchObject({ stitch: null });
  expect(text).toContain(',"stitch":null');
});

test('one of models that are not kept with it, or without end, is refused', async () => {
  const strange = 'x' as ModelId;
  for (const stitch of [
    { layers: [one, strange], rest: one },
    { layers: [one], rest: strange },
    { layers: [one], rest: one, head: strange },
    { layers: Array.from({ length: 1001 }, () => one), rest: one },
  ])
    expect(again(await kept(stitch))).toBeNull();
});
