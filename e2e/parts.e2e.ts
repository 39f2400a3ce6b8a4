import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../scripts/paths.mjs';
import { temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { filesBelow, read, withoutRun } from './fixtures/results.ts';
import { expect, test } from './page.ts';

/** Parts in the shell, as an array of SLURM runs them: the demo family's, which takes seconds. */

const folder = temporaryFolder();
const cache = process.env['FRANKENSCOPE_CACHE'];
test.beforeAll(() => {
  process.env['FRANKENSCOPE_CACHE'] = join(folder.path, 'cache');
});
test.afterAll(() => {
  if (cache === undefined) delete process.env['FRANKENSCOPE_CACHE'];
  else process.env['FRANKENSCOPE_CACHE'] = cache;
  folder.dispose();
});

async function ran(
  name: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const out = join(folder.path, name);
  const { code, stderr } = await headless([...words, '--quiet', '--out', out], undefined, { env });
  expect(code, stderr).toBe(0);
  return out;
}

/** A study's file, line by line: without the times of descriptions, and so without the sums of their lines. */
const linesOf = (study: string): readonly string[] =>
  gunzipSync(readFileSync(join(study, 'study.frankenscope')))
    .toString()
    .split('\n')
    .map((line) => (line.includes(',"record":') ? line : line.slice(17).replace(/,"at":"[^"]*"\}$/, '}')));

test('two parts of a study, in an array of SLURM, are the study: swap and energy, byte for byte', async () => {
  const spec = {
    ...{ definitions: 1, name: 'In parts', models: 'demo' },
    analyses: [
      { name: 'energy' },
      {
        name: 'swap',
        samples: join(ROOT, 'dataset', 'data', 'pairs'),
        settings: { samples: 1, layers: '0', maxNewTokens: 4 },
      },
    ],
  };
  const file = join(folder.path, 'study.json');
  writeFileSync(file, JSON.stringify(spec));
  const words = ['study', '--spec', file, '--device', 'wasm', '--dtype', 'f32'];
  const whole = await ran('whole', words);
  const parts: string[] = [];
  for (const id of ['7', '8']) {
    const slurm = { SLURM_ARRAY_TASK_ID: id, SLURM_ARRAY_TASK_COUNT: '2', SLURM_ARRAY_TASK_MIN: '7' };
    parts.push(await ran(`part-${id}`, [...words, '--shard', 'auto'], slurm));
  }
  const combined = await ran('combined', ['combine', ...[...parts].reverse()]);

  const files = filesBelow(whole);
  expect(filesBelow(combined)).toEqual(files);
  // Times stand in these two, and in nothing else of them that differs.
  const timed = ['report.html', 'study.frankenscope'];
  expect(files).toEqual(expect.arrayContaining([...timed, 'energy/fro_norm.json', 'study.json']));
  for (const path of files.filter((one) => !timed.includes(one)))
    expect(withoutRun(read(combined, path)), path).toBe(withoutRun(read(whole, path)));
  expect(linesOf(combined)).toEqual(linesOf(whole));
  expect(linesOf(whole).filter((line) => line.includes(',"record":')).length).toBeGreaterThan(100);
  const report = (study: string): string =>
    read(study, 'report.html').replaceAll(/\d{4}-\d\d-\d\d( \d\d:\d\d)?/g, '');
  expect(report(combined)).toBe(report(whole));

  // One part alone, and one that is a link to elsewhere: one line, before anything is written.
  const [first = '', linked = ''] = parts;
  symlinkSync(join(first, 'swap'), join(linked, 'other'));
  for (const [given, error] of [
    [first, /^MissingPart: part 2 of 2 is missing; give every part folder\n$/],
    [linked, /^LinkOutside: .*other\/part\.json; .*\n$/],
  ] as const) {
    const out = join(folder.path, 'refused');
    const { code, stderr } = await headless(['combine', given, '--quiet', '--out', out]);
    expect(stderr).toMatch(error);
    expect(code).toBe(2);
  }
});
