/** A link says what is asked, and nothing that a form begins with. */
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { addressOf, analysisAt, valuesAt } from './address.ts';
import type { Setting } from './declaration.ts';
import { PROBES, UPDATES } from './registry.ts';
import { firstValues, settingShapes, type SettingValues } from './setting-values.ts';

/** Other values of a setting than it begins with. */
function others(setting: Setting): readonly unknown[] {
  switch (setting.kind) {
    case 'choice':
    case 'checkpoint':
      return setting.choices;
    case 'choices':
      return [setting.choices.slice(0, 1), setting.choices.slice(1)].filter(({ length }) => length > 0);
    case 'integer':
      return [setting.minimum, setting.minimum + 7, ...(setting.value === null ? [null] : [])];
    case 'switch':
      return [true, false];
    case 'text':
      return [
        'rl,sft',
        ...(setting.pattern ? [] : ['Look & say: 100 %']),
        ...(setting.value === null ? [null] : ['']),
      ];
    case 'layers':
      return ['0,3,5-7', null];
    case 'texts':
      return [['IN:RL:RL', 'RL'], []];
    case 'layer sets':
      return [['0-3', '5,7'], []];
  }
}

describe.each([...PROBES, ...UPDATES])('%s', (name, { declaration: { settings } }) => {
  const first: SettingValues = firstValues(settings);

  test('as it begins it is its name alone', () => {
    const address = addressOf(name, settings, first);
    expect([...address.keys()]).toHaveLength(1);
    expect(analysisAt(address)).toBe(name);
    expect(valuesAt(settings, address)).toEqual(first);
  });

  test.each(Object.entries(settings))('%s comes back as it was', (one, setting) => {
    for (const value of others(setting)) {
      const values = { ...first, [one]: value };
      const found = valuesAt(settings, addressOf(name, settings, values));
      expect(found).toEqual(values);
      expect(v.is(settingShapes(settings)[one] ?? v.never(), found[one])).toBe(true);
    }
  });
});

test.each([...PROBES, ...UPDATES])(
  'of %s a number out of range is the nearest that the form takes',
  (_, { declaration }) => {
    const { settings } = declaration;
    for (const [one, setting] of Object.entries(settings)) {
      if (setting.kind !== 'integer') continue;
      const at = (text: string): unknown => valuesAt(settings, new Map([[one, text]]))[one];
      expect(at('99999999999')).toBe(setting.formMaximum ?? setting.maximum ?? 10_000);
      expect(at('-99999999999')).toBe(setting.minimum);
      expect(v.is(settingShapes(settings)[one] ?? v.never(), at('a'))).toBe(false);
    }
  },
);

test('what a link holds besides is no setting, and what it holds wrongly is not valid', () => {
  const { settings } = PROBES.get('swap')?.declaration ?? { settings: {} };
  const found = valuesAt(
    settings,
    new Map([
      ['do', 'swap'],
      ['samples', 'many'],
      ['mode', 'all'],
      ['__proto__', '1'],
    ]),
  );
  expect(Object.keys(found)).toEqual(Object.keys(settings));
  const shapes = settingShapes(settings);
  expect(['samples', 'mode', 'seed'].map((one) => v.is(shapes[one] ?? v.never(), found[one]))).toEqual([
    false,
    false,
    false,
  ]);
});
