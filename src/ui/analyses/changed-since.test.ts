/** What is said of a result names every setting that has changed since, and nothing else. */
import { describe, expect, test } from 'vitest';
import { PROBES } from '../../analyses/registry.ts';
import { firstValues, type SettingValues } from '../../analyses/setting-values.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { changedSince } from './changed-since.ts';

const swap = PROBES.get('swap');
if (!swap) throw new Error('there is no swap');
const { settings } = swap.declaration;
const first: SettingValues = firstValues(settings);

const FACTS: PageFacts = {
  ...{ analysis: 'swap', done: 'Token swap', on: 'pairs', method: '§2', seed: 123 },
  checkpoints: [{ name: 'RL', folder: 'demo:rl', fingerprint: 'aa' }],
  ...{ dtype: 'f32', device: 'wasm: cpu', command: null, remarks: [] },
  settings: { ...first, imageProcessing: 'transformers-5', maxImagePixels: 921_600 },
};
const OF = 'What is shown below is of the settings before: Token swap of RL (demo:rl) on pairs.';
const said = (set: Partial<PageFacts> | null): string =>
  changedSince(FACTS, set && { ...FACTS, ...set }, swap);
const sayingOf = (values: SettingValues): string => said({ settings: { ...FACTS.settings, ...values } });

test('one setting, from what to what', () => {
  expect(sayingOf({ samples: 2 })).toBe(`Settings have changed: Pairs of each task 25 → 2. ${OF}`);
  expect(sayingOf({ maxImagePixels: 50_000 })).toBe(
    `Settings have changed: Largest image in pixels 921600 → 50000. ${OF}`,
  );
});

describe.each(Object.entries(settings))('%s', (name, setting) => {
  test('is told, alone', () => {
    const [before] = [first[name]];
    const other =
      setting.kind === 'choice' || setting.kind === 'choices'
        ? setting.choices.slice(-1)
        : setting.kind === 'integer'
          ? [7]
          : ['3'];
    const text = sayingOf({ [name]: setting.kind === 'choices' ? other : other[0] });
    const { label, help } = swap.words.settings[name] ?? { help: '' };
    expect(before).not.toEqual(other[0]);
    expect(text).toContain(`: ${label ?? help} `);
    expect(text).not.toContain(';');
  });
});

test('models, what they compute in, and what they are asked', () => {
  const rl = FACTS.checkpoints[0] as PageFacts['checkpoints'][number];
  const base = { name: 'Base', folder: 'demo:base', fingerprint: 'bb' };
  expect(said({ checkpoints: [base, rl] })).toBe(`Settings have changed: Checkpoints RL → Base, RL. ${OF}`);
  expect(said({ checkpoints: [{ ...rl, folder: 'mine' }] })).toContain(
    'Checkpoints RL = demo:rl → RL = mine.',
  );
  expect(said({ checkpoints: [{ ...rl, fingerprint: 'cc' }] })).toContain(
    'Other weights lie in RL = demo:rl.',
  );
  expect(said({ dtype: 'q8', device: 'webgpu: x' })).toContain(
    'Weights as f32 → q8; Device wasm: cpu → webgpu: x.',
  );
  expect(said({ on: 'minimal-pairs' })).toContain(
    'Token swap of RL (demo:rl) on pairs → Token swap of RL (demo:rl) on minimal-pairs.',
  );
  expect(said({})).toContain('other samples are asked');
  expect(said(null)).toBe(`What it was measured of is not open, or not loaded, any more. ${OF}`);
});
