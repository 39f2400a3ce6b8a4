/** What an evaluation is shown by again: a stitch that was asked besides is one of the models that are kept, or nothing is shown. */
import { expect, test } from 'vitest';
import { analysis as transfer } from '../../analyses/transfer/analysis.ts';
import type { ModelId, Subject } from '../../engine/subject.ts';
import { evaluationAgain, keptEvaluation } from '../../study/shown/evaluation-given.ts';
import { speak } from '../language/texts.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { identityAt } from '../theme/identity.ts';
import { shownModel } from '../state/stand-in.ts';
import { KeptEvaluation } from './kept-evaluation.ts';
import { t } from './texts.ts';
import { zh } from './texts.zh.ts';

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
  JSON.stringify(
    await keptEvaluation({
      models: models.map(shownModel),
      values: {},
      reading,
      cuts: null,
      sets: null,
      stitch,
    }),
  );
const again = (text: string) => evaluationAgain(JSON.parse(text) as Parameters<typeof evaluationAgain>[0]);

test('a stitch comes back as it was, of the models that are kept with it; what older visits kept has none', async () => {
  const found = again(await kept({ layers: [one, other], rest: one, head: other }));
  const [first, second] = found?.models.map(({ checkpoint }) => checkpoint.id) ?? [];
  expect(found).toMatchObject({ stitch: { layers: [first, second], rest: first, head: second } });
  expect(found?.models.map(({ model }) => model.id)).toEqual([first, second]);
  expect(new Set([first, second]).size).toBe(2);
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

test('what is kept beside answers is English, whatever the page speaks', async () => {
  await speak('zh', () => Promise.resolve({ evaluation: zh }));
  const choice = { brought: null };
  const values = { samples: 50, seed: 7, style: 'demo', maxNewTokens: null };
  const around = { family: { standIn: null }, images: { reading }, view: { cutsText: () => null } };
  const evaluation = new KeptEvaluation(transfer, choice as never, { values } as never, around as never);
  const empty = { general: [], mathTargeted: [], textOnly: [], puzzles: [] };
  expect(t.told.ofEach(50)).toBe('每个集合 50 个样本');
  expect(await evaluation.part(models, empty)?.(3)).toMatchObject({
    title: 'Transfer of IN, RL on the demo sets',
    told: 'demo sets · 50 of each · seed 7 · prompt style demo',
    n: '3 answers',
  });
});
