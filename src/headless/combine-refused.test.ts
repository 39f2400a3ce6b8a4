/** What combine is given that is no set of parts is refused by name, and what of it cannot be found out is said in docs/results.md. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { sha256OfText } from '../work/sha256.ts';
import { CASES } from './testing/identity-cases.ts';
import { weightsFolder } from './testing/identity-stage.ts';
import { combined, type Files, part, whole } from './testing/parts.ts';

vi.mock('../spectra/computers.ts', async () => {
  const threads = (await import('../spectra/threads/inline.ts')).inlineThreads();
  return {
    browserComputers: () =>
      Promise.resolve({ threads, device: 'cpu', computer: 'cpu', dispose: () => undefined }),
  };
});
vi.mock('../reading/client.ts', () => import('../reading/testing/inline.ts'));
vi.mock('../engine/capabilities.ts', () => ({
  surveyCapabilities: () => Promise.resolve({ preferred: 'wasm' }),
}));

const RECORDS = 'records/ablate.jsonl';
const WORDS = ['--samples', '4', '--seed', '3'];
let [one, two]: Files[] = [];
let parts: readonly [Files, Files];

beforeAll(async () => {
  parts = [await part('ablate', WORDS, '1/2'), await part('ablate', WORDS, '2/2')];
  [one, two] = parts;
});

/** A part with another text in place of one of its files. */
function changed(files: Files | undefined, path: string, change: (text: string) => string): Files {
  const text = files?.get(path) ?? '';
  const now = change(text);
  expect(now).not.toBe(text);
  return new Map(files).set(path, now);
}

const json = (change: (part: Record<string, unknown>) => void) => (text: string) => {
  const part = JSON.parse(text) as Record<string, unknown>;
  change(part);
  return JSON.stringify(part);
};

/** Records with their hash and size in part.json again as they are: whoever writes both is not found out by these. */
async function resealed(files: Files, change: (text: string) => string): Promise<Files> {
  const now = changed(files, RECORDS, change);
  const text = now.get(RECORDS) ?? '';
  const said = {
    ...{ of: 'ablate', n: text.split('\n').length - 1, bytes: new TextEncoder().encode(text).length },
    sha256: await sha256OfText(text),
  };
  return changed(
    now,
    'part.json',
    json((part) => (part['records'] = [said])),
  );
}

async function refused(given: readonly (Files | undefined)[], name: string, what: RegExp): Promise<void> {
  const found = combined(given.flatMap((files) => files ?? []));
  await expect(found).rejects.toMatchObject({ name });
  await expect(found).rejects.toThrow(what);
}

describe('parts that are not all of one work', () => {
  test('none, one missing, one twice', async () => {
    await refused([], 'MissingPart', /no part is given/);
    await refused([two], 'MissingPart', /part 1 of 2 is missing/);
    await refused([one, two, one], 'DuplicatePart', /it is part 1 of 2, as parts\/0 is; parts\/2/);
  });

  test('of another number of parts', async () => {
    await refused(
      [one, await part('ablate', WORDS, '2/3')],
      'OtherPart',
      /its parts is 3, and that of parts\/0 is 2/,
    );
  });

  test('of another command', async () => {
    await refused([one, await part('lens', [], '2/2')], 'OtherPart', /its command is "lens"/);
  });

  test.each([
    ['another seed', [...WORDS.slice(0, 3), '4'], /its (works\[0\].inputs.samples|given.values.seed) is/],
    ['fewer samples', ['--samples', '3', '--seed', '3'], /its works\[0\].inputs.samples is/],
    ['other settings', [...WORDS, '--system', 'Think.'], /its works\[0\].settings.system is "Think."/],
  ])('of %s', async (_, words, what) => {
    await refused([one, await part('ablate', words, '2/2')], 'OtherPart', what);
  });

  test('of another model', async () => {
    const { folders } = CASES['ablate']?.world ?? {};
    const other = await part('ablate', WORDS, '2/2', { folders: { ...folders, model: weightsFolder(9) } });
    await refused([one, other], 'OtherPart', /its works\[0\]\.inputs\.weights of model is/);
  });

  test('of another version, of another build', async () => {
    const version = json((part) => (part['version'] = '0.0.1'));
    await refused(
      parts.map((files) => changed(files, 'part.json', version)),
      'OtherPart',
      /it is of version 0.0.1/,
    );
    const build = json((part) => {
      const [work] = part['works'] as Record<string, unknown>[];
      Object.assign(work ?? {}, { modules: 'f'.repeat(64) });
    });
    await refused(
      parts.map((files) => changed(files, 'part.json', build)),
      'OtherPart',
      /of another build: what computes "ablate" differs/,
    );
  });
});

describe('records', () => {
  test('that were changed, cut off, or are gone', async () => {
    await refused(
      [changed(one, RECORDS, (text) => text.replace('quoted', 'QUOTED')), two],
      'PartDamaged',
      /bytes are not those/,
    );
    await refused(
      [changed(one, RECORDS, (text) => text.slice(0, -20)), two],
      'PartDamaged',
      /bytes are not those/,
    );
    const without = new Map(one);
    without.delete(RECORDS);
    await refused([without, two], 'PartDamaged', /it has no records\/ablate.jsonl/);
  });

  test('with a hash of their own: missing, twice, foreign, of another form', async () => {
    const lines = (text: string): string[] => text.trimEnd().split('\n');
    const first = lines(one?.get(RECORDS) ?? '')[0] ?? '';
    const of = (change: (text: string) => string) => resealed(parts[1], change);
    await refused(
      [one, await of((text) => lines(text).slice(1).join('\n') + '\n')],
      'MissingPart',
      /no part has the record "i\d" of ablate/,
    );
    await refused(
      [one, await of((text) => `${text}${first}\n`)],
      'DuplicatePart',
      /its record "i\d" of ablate is in parts\/0, too; parts\/1/,
    );
    await refused(
      [one, await of((text) => text.replace(/"key":"i/, '"key":"j'))],
      'PartDamaged',
      /its record "j\d" of ablate is none of the work/,
    );
    for (const [from, to] of [
      [/"hasImage":true/, '"hasImage":1'],
      [/"hasImage"/, '"more":1,"hasImage"'],
      [/"tokens":\d+/, '"tokens":1e999'],
      [/"tokens":\d+/, '"tokens":NaN'],
      [/^\{/, '{"__proto__":{"key":"x"},'],
      [/^.*$/m, '['.repeat(100_000)],
    ] as const)
      await refused(
        [one, await of((text) => text.replace(from, to))],
        'PartDamaged',
        /line 1 is no record of ablate; parts\/1/,
      );
  });

  test('of another answer with a hash of their own cannot be told from measured ones', async () => {
    const other = await resealed(parts[1], (text) => text.replace('quoted', 'QUOTED'));
    expect(await combined([parts[0], other])).not.toEqual(await whole('ablate', WORDS));
  });
});

describe('part.json', () => {
  test.each([
    ['no JSON', () => '{', 'NotAPart', /it is no JSON/],
    ['NaN', (text: string) => text.replace('"schema":1', '"schema":NaN'), 'NotAPart', /it is no JSON/],
    [
      'a number beyond all',
      (text: string) => text.replace(/"total":\d+/, '"total":1e999'),
      'NotAPart',
      /no JSON/,
    ],
    [
      'nested deeply',
      (text: string) => text.replace('"given":', `"given":${'['.repeat(1e6)}${']'.repeat(1e6)},"x":`),
      'NotAPart',
      /nests deeper/,
    ],
    [
      'another schema',
      (text: string) => text.replace('"schema":1', '"schema":2'),
      'NotAPart',
      /its schema is none of a part/,
    ],
    [
      'a field more',
      (text: string) => text.replace('"schema":1', '"schema":1,"y":2'),
      'NotAPart',
      /its y is none of a part/,
    ],
    [
      'a part beyond',
      (text: string) => text.replace('"part":1', '"part":9'),
      'NotAPart',
      /it is part 9 of 2/,
    ],
    [
      'too many parts',
      (text: string) => text.replace('"of":2', '"of":100001'),
      'NotAPart',
      /its shard.of is none/,
    ],
    [
      'no command',
      (text: string) => text.replace('"command":"ablate"', '"command":"__proto__"'),
      'OtherPart',
      /its command is/,
    ],
  ] as const)('%s', async (_, change, name, what) => {
    await refused([two, changed(one, 'part.json', change)], name, what);
  });

  test('larger than any is refused before it is read', async () => {
    const huge = new Map(one).set('part.json', ' '.repeat(64 * 2 ** 20 + 1));
    await refused([huge, two], 'PartTooLarge', /none has more than 67108864; parts\/0\/part.json/);
  });

  test('of a command that has none', async () => {
    const other = json((part) => (part['command'] = 'merge'));
    await refused(
      parts.map((files) => changed(files, 'part.json', other)),
      'NotAPart',
      /"merge" is no command that has parts/,
    );
  });

  type Given = { samples: { drawn: { of: number; places: number[] } & Record<string, unknown> } };
  const given = (change: (given: Given) => void) => json((part) => change(part['given'] as Given));

  test('other samples than those that name the work', async () => {
    const asked = (text: string): string => text.replace('"question":"Question', '"question":"Another');
    await refused([one, changed(two, 'part.json', asked)], 'PartDamaged', /makes another inputs of the work/);
  });

  test('samples at places that are taken, or none', async () => {
    for (const places of [
      [0, 0],
      [-1, 1],
      [1e9, 1],
      ['0', 1],
    ])
      await refused(
        [
          one,
          changed(
            two,
            'part.json',
            given(({ samples }) => void (samples.drawn.places = places as number[])),
          ),
        ],
        'OtherPart',
        /its given.samples.drawn\[/,
      );
  });

  test('a list that says it is longer than any', async () => {
    const long = given(({ samples }) => void (samples.drawn.of = 1e15));
    await refused(
      parts.map((files) => changed(files, 'part.json', long)),
      'PartDamaged',
      /no part has all of its given.samples.drawn/,
    );
  });

  test('what is none of a plan', async () => {
    const none = json((part) => (part['given'] = { models: [] }));
    await refused(
      parts.map((files) => changed(files, 'part.json', none)),
      'NotAPart',
      /none of this version/,
    );
  });
});
