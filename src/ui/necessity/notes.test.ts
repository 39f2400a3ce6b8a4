import { expect, test } from 'vitest';
import { freezeConfigs } from '../../analyses/necessity/freeze-config.ts';
import { zh } from './texts.zh.ts';

test('whatever settings of a trainer say of themselves has its Chinese', () => {
  const regions = [
    [1, 4],
    [5, 8],
    [9, 12],
    [1, 12],
  ] as const;
  const said = regions.flatMap(([first, last]) =>
    (['frozen', 'trained'] as const).flatMap((vision) =>
      freezeConfigs({ layers: 12, first, last, vision, tiedHead: false }).flatMap((config) => [
        config.note,
        ...(config.kind === 'impossible' ? [config.reason] : []),
      ]),
    ),
  );
  expect(new Set(said).size).toBe(7);
  for (const text of said) expect(zh.settings.note(text), text).toMatch(/\p{Script=Han}/u);
});
