import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../scripts/commands.mjs';
import { readFlags } from '../../scripts/flags.mjs';
import { FlagReader } from '../headless/flag-reader.ts';
import { settingValues } from '../headless/setting-flags.ts';
import { commandLine, folderWord, modelFlag } from './command-line.ts';
import type { Setting, Settings } from './declaration.ts';
import { EVALUATIONS, PROBES, UPDATES } from './registry.ts';
import { firstValues } from './setting-values.ts';

const ALL = [...PROBES, ...UPDATES, ...EVALUATIONS].map(([name, { declaration }]) => ({ name, declaration }));

/** The words that a shell makes of a line. */
function wordsOf(line: string): string[] {
  const script = line.replace(/^npm /, `npm() { printf '%s\\0' "$@"; }; npm `);
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

/** What the command takes of a line; what it asks for besides is given. */
function valuesOf(name: string, settings: Settings, line: string): unknown {
  const [run, silent, headless, dashes, command, ...words] = wordsOf(line);
  expect([run, silent, headless, dashes, command]).toEqual(['run', '-s', 'headless', '--', name]);
  const own = COMMANDS[name];
  if (!own) throw new Error(`no command ${name}`);
  return settingValues(settings, new FlagReader(readFlags(own, words)));
}

/** What it has to be given besides settings. */
function needed(name: string): [string, string][] {
  return Object.entries(COMMANDS[name]?.flags ?? {}).flatMap(([flag, { required }]) =>
    required ? [[flag, 'x'] as [string, string]] : [],
  );
}

const text = fc.string({ unit: fc.constantFrom(...'ab -\'"$`\\;|&*?<>#!~\n{}[]äΔ'), maxLength: 12 });

function anyValue(setting: Setting): fc.Arbitrary<unknown> {
  switch (setting.kind) {
    case 'choice':
      return fc.constantFrom(...setting.choices, ...(setting.value === null ? [null] : []));
    case 'choices':
      return fc
        .subarray([...setting.choices], { minLength: 1 })
        .map((names) => setting.choices.filter((name) => names.includes(name)));
    case 'integer': {
      const number = fc.integer({ min: setting.minimum, max: Math.min(setting.maximum ?? 1e6, 1e6) });
      return setting.value === null ? fc.option(number) : number;
    }
    case 'switch':
      return fc.boolean();
    case 'text': {
      const own = setting.pattern ? fc.constant(setting.example ?? '') : text;
      return setting.value === null ? fc.option(own) : own;
    }
    case 'checkpoint':
      return fc.option(fc.constantFrom(...setting.choices));
    case 'layers':
      return fc.option(fc.constantFrom('0-27', '0,3,5-7'));
    case 'texts':
      return fc.array(fc.constant(setting.example), { maxLength: 3 });
    case 'layer sets':
      return fc.array(fc.constantFrom('0-3', '5'), { maxLength: 3 });
  }
}

test.each(ALL)(
  '$name: a command is read as the settings that made it, whatever they are',
  ({ name, declaration }) => {
    const { settings } = declaration;
    const values = fc.record(
      Object.fromEntries(Object.entries(settings).map(([one, setting]) => [one, anyValue(setting)])),
    );
    fc.assert(
      fc.property(values, (given) => {
        const line = commandLine(declaration, given, { before: needed(name), after: [] });
        expect(valuesOf(name, settings, line)).toEqual(given);
      }),
      { numRuns: 20 },
    );
    const first = firstValues(settings);
    const line = commandLine(declaration, first, { before: needed(name), after: [] });
    expect(valuesOf(name, settings, line)).toEqual(first);
  },
);

test('whatever a folder is called, a shell hands it over as one word', () => {
  fc.assert(
    fc.property(text, (called) => {
      const line = commandLine(
        { name: 'swap', settings: {} },
        {},
        { before: [['model', folderWord(called)]], after: [] },
      );
      expect(wordsOf(line).slice(-2)).toEqual(['--model', `<folder ${called}>`]);
    }),
    { numRuns: 50 },
  );
  expect(folderWord('demo:rl-frozen-early')).toBe('demo:rl-frozen-early');
});

test('models go to the flags of their roles, others to the one that takes any', () => {
  const frozen = EVALUATIONS.get('necessity')?.declaration.models ?? {};
  expect(['IN', 'RL', 'early', 'Base'].map((name) => modelFlag(frozen, name))).toEqual([
    'in',
    'rl',
    'frozen',
    'frozen',
  ]);
  const pair = PROBES.get('patch')?.declaration.models ?? {};
  expect(['IN', 'RL', 'Base'].map((name) => modelFlag(pair, name))).toEqual(['in', 'rl', null]);
  expect(modelFlag(PROBES.get('swap')?.declaration.models ?? {}, 'IN')).toBe('model');
});
