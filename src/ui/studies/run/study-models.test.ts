import { expect, test } from 'vitest';
import type { Family } from '../../state/family.svelte.ts';
import { runChoice, slotOf } from './study-models.ts';

const GIVEN = {
  ...{ definitions: 1, name: 'The demo family', models: 'demo', seed: 7 },
  analyses: [
    { name: 'energy' },
    { name: 'swap', samples: 'dataset/data/pairs', settings: { samples: 2 } },
    { name: 'attention', samples: 'dataset/data/items/general-vqa.jsonl' },
  ],
};

/** A family with these folders in its slots, by what the slots are called. */
function family(open: Readonly<Record<string, string>>): Family {
  const slots = Object.entries(open).map(([label, name]) => ({ identity: { label }, checkpoint: { name } }));
  return { slots, opened: slots } as unknown as Family;
}

const DEMO = { Base: 'demo:base', IN: 'demo:in', RL: 'demo:rl' };

test('a study of the demo family is run on it where nothing else is open', () => {
  for (const open of [{}, DEMO, { IN: 'demo:in' }, { ...DEMO, early: 'demo:frozen-early' }]) {
    const choice = runChoice(family(open), GIVEN);
    expect(choice).toMatchObject({ isSame: true, isDemo: true, over: 'the demo family', leftOut: [] });
    expect(choice?.spec.given).toEqual(GIVEN);
  }
});

test('its analyses are run over what is open, as a study of its own; what cannot be is named', () => {
  const choice = runChoice(family({ IN: 'my-sft', RL: 'my-rl', other: 'my-other' }), GIVEN);
  expect(choice).toMatchObject({
    isSame: false,
    isDemo: false,
    over: 'my-sft, my-rl, my-other',
    leftOut: [],
  });
  expect(choice?.spec.given).toEqual({
    ...GIVEN,
    name: 'my-sft, my-rl, my-other',
    models: { in: 'my-sft', rl: 'my-rl', donors: { other: 'my-other' } },
  });
  const alone = runChoice(family({ RL: 'my-rl' }), GIVEN);
  expect(alone?.spec.analyses.map(({ declaration }) => declaration.name)).toEqual(['energy', 'swap']);
  expect(alone?.leftOut).toEqual([{ analysis: 'attention', why: 'attention needs a model as "in"' }]);
});

test('a study of folders is run where they are open under the same roles, and nothing without any', () => {
  const given = { ...GIVEN, models: { in: '../models/my-sft/', rl: '/work/my-rl' } };
  const open = family({ IN: 'my-sft', RL: 'my-rl' });
  const choice = runChoice(open, given);
  expect(choice).toMatchObject({ isSame: true, isDemo: false });
  expect(choice && slotOf(open, choice.spec, 'in')?.identity.label).toBe('IN');
  expect(runChoice(family({ IN: 'my-rl', RL: 'my-sft' }), given)?.isSame).toBe(false);
  expect(runChoice(family({}), given)).toBe(null);
});

test('what asks a list of one’s own is left out and said; sets of the app are known wherever they lie', () => {
  const asks = (name: string, samples: string) => ({ name, samples });
  const analyses = [
    asks('swap', '/home/me/dataset/data/minimal-pairs/'),
    asks('swap', 'pairs'),
    asks('ablate', '../dataset/data/items/problems.jsonl'),
    asks('lens', '../dataset/data/items/problems.jsonl'),
    asks('transfer', 'mine.jsonl'),
  ];
  const choice = runChoice(family({}), { ...GIVEN, analyses });
  expect(choice?.runs.map(({ folder }) => folder)).toEqual(['swap', 'ablate']);
  expect(choice?.leftOut.map(({ analysis }) => analysis)).toEqual(['swap-2', 'lens', 'transfer']);
  expect(choice?.leftOut[0]?.why).toMatch(/^"pairs" is none of the app's sets/);
});

test('a spec that is none is refused by name', () => {
  for (const given of [null, {}, { ...GIVEN, analyses: [{ name: 'steal' }] }, '<script>'])
    expect(() => runChoice(family(DEMO), given)).toThrow(expect.objectContaining({ name: 'InvalidStudy' }));
});
