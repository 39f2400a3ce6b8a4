import { expect, test } from 'vitest';
import { readStudySpec } from './spec.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (spec: unknown) => readStudySpec(bytes(JSON.stringify(spec)), 'study.json');

const SPEC = {
  definitions: 1,
  name: 'The demo family',
  models: 'demo',
  seed: 7,
  analyses: [
    { name: 'energy' },
    { name: 'swap', samples: 'pairs', settings: { samples: 2, tasks: ['ocr'] } },
    { name: 'swap', of: ['in'], samples: 'pairs' },
    { name: 'tokens', samples: 'items', settings: { seed: 5 } },
    { name: 'transfer' },
  ],
};

test('a study names, for every analysis, its models by flag, what is asked, its settings and its folder', () => {
  const { name, folders, analyses } = read(SPEC);
  expect(name).toBe('The demo family');
  expect(Object.fromEntries(folders)).toEqual({ base: 'demo:base', in: 'demo:in', rl: 'demo:rl' });
  expect(
    analyses.map(({ declaration, models, folder, samples, settings }) => [
      declaration.name,
      folder,
      Object.fromEntries(models),
      samples,
      settings,
    ]),
  ).toEqual([
    ['energy', 'energy', { base: ['base'], in: ['in'], rl: ['rl'] }, null, {}],
    ['swap', 'swap', { model: ['rl'] }, 'pairs', { samples: 2, tasks: ['ocr'] }],
    ['swap', 'swap-2', { model: ['in'] }, 'pairs', {}],
    ['tokens', 'tokens', { base: ['base'], in: ['in'], rl: ['rl'] }, 'items', { seed: 5 }],
    ['transfer', 'transfer', { base: ['base'], in: ['in'], rl: ['rl'] }, null, { seed: 7 }],
  ]);
});

test('donors are asked where they are named, and frozen runs wherever there is a place for them', () => {
  const models = { in: 'a/in', rl: 'a/rl', donors: { early: 'a/early', mid: 'a/mid' } };
  const analyses = [
    { name: 'energy', of: ['in', 'rl', 'early'] },
    { name: 'necessity' },
    { name: 'lens', samples: 'x' },
  ];
  expect(read({ ...SPEC, models, analyses }).analyses.map((one) => Object.fromEntries(one.models))).toEqual([
    { in: ['in'], rl: ['rl'], model: ['early'] },
    { in: ['in'], rl: ['rl'], frozen: ['early', 'mid'] },
    { in: ['in'], rl: ['rl'] },
  ]);
});

const analysis = (one: object) => ({ ...SPEC, analyses: [one] });
const swap = (more: object) => analysis({ name: 'swap', samples: 'pairs', ...more });

test.each([
  [
    'another version',
    { ...SPEC, definitions: 2 },
    /2 is not 1, the version that this build knows; study\.json › definitions/,
  ],
  ['no name', { ...SPEC, name: ' ' }, /name/],
  [
    'a field that is none',
    { ...SPEC, colour: 'red' },
    /none of definitions, name, models, seed, analyses; study\.json › colour/,
  ],
  [
    'an analysis that is none',
    analysis({ name: 'swop' }),
    /"swop" is not an analysis \(energy.*transfer.*› analyses\.0\.name/,
  ],
  [
    'a setting that is none',
    swap({ settings: { sample: 2 } }),
    /none of tasks, samples.*› analyses\.0\.settings\.sample/,
  ],
  ['a value that is none', swap({ settings: { mode: 'double' } }), /double.*› analyses\.0\.settings\.mode/],
  ['a count that is none', swap({ settings: { samples: 1e300 } }), /› analyses\.0\.settings\.samples/],
  [
    'settings in a list',
    swap({ settings: [] }),
    /\[\] is not an object; study\.json › analyses\.0\.settings/,
  ],
  [
    'no samples',
    analysis({ name: 'swap' }),
    /it is missing: what the models are asked; study\.json › analyses\.0\.samples/,
  ],
  ['samples of updates', analysis({ name: 'energy', samples: 'x' }), /› analyses\.0\.samples/],
  [
    'no such model',
    swap({ of: ['mid'] }),
    /"mid" is none of the study's models \(base, in, rl\); study\.json › analyses\.0\.of/,
  ],
  ['two where one is asked', swap({ of: ['in', 'rl'] }), /swap is not run on "rl" besides/],
  [
    'a model too few',
    analysis({ name: 'attention', of: ['rl'], samples: 'x' }),
    /attention needs a model as "in"/,
  ],
  ['no models', { ...SPEC, models: {} }, /it names no model; study\.json › models/],
  ['models in a list', { ...SPEC, models: ['demo'] }, /› models/],
  [
    'a donor with the name of a role',
    { ...SPEC, models: { in: 'a', donors: { rl: 'b' } } },
    /"rl" is not the name of a donor/,
  ],
  [
    'a donor with a name that leaves the folder',
    { ...SPEC, models: { in: 'a', donors: { '../x': 'b' } } },
    /is not the name of a donor/,
  ],
  ['no analyses', { ...SPEC, analyses: [] }, /› analyses/],
  [
    'too many analyses',
    { ...SPEC, analyses: Array.from({ length: 101 }, () => ({ name: 'energy' })) },
    /at most 100/,
  ],
  [
    'too many models',
    { ...SPEC, models: { in: 'a', donors: Object.fromEntries([...'bcdefghi'].map((x) => [x, x])) } },
    /at most 8/,
  ],
])('refused: %s', (_, spec, message) => {
  expect(() => read(spec)).toThrow(
    expect.objectContaining({ name: 'InvalidStudy', message: expect.stringMatching(message) }),
  );
});

test('files that are none are refused by name, and none takes the page down', () => {
  const refused = (text: string, name: string): void =>
    expect(() => readStudySpec(bytes(text), 'study.json')).toThrow(expect.objectContaining({ name }));
  refused('', 'InvalidJson');
  refused('{"definitions": 1', 'InvalidJson');
  refused('['.repeat(100_000), 'InvalidJson');
  refused(`{"name":${'['.repeat(65)}${']'.repeat(65)}}`, 'InvalidJson');
  refused('{"name":"a","name":"b"}', 'DuplicateKey');
  refused(' '.repeat(256 * 1024 + 1), 'OverLimit');
  refused('[]', 'InvalidStudy');
  refused('{"__proto__":{"definitions":1}}', 'InvalidStudy');
});

test('what looks like a script in a name is a name', () => {
  expect(read({ ...SPEC, name: '<script>alert(1)</script>' }).name).toBe('<script>alert(1)</script>');
});
