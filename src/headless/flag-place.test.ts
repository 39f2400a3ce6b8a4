/** Where a refusal stands: the flag that the person gave, of every command. */
import { expect, test, vi } from 'vitest';
import { COMMANDS } from '../../scripts/commands.mjs';
import { readFlags } from '../../scripts/flags.mjs';
import { NamedError } from '../named-error.ts';
import { commandOf } from './command-of.ts';
import { placedAtFlag } from './flag-place.ts';
import { type Case, CASES } from './testing/identity-cases.ts';
import { keptUnder, table, type World } from './testing/identity-stage.ts';

vi.mock('../spectra/computers.ts', () => ({
  browserComputers: (device: string) =>
    Promise.resolve({ device, computer: device, threads: { size: 1 }, dispose: () => undefined }),
}));
vi.mock('../reading/client.ts', () => import('../reading/testing/inline.ts'));
vi.mock('../engine/capabilities.ts', () => ({
  surveyCapabilities: () => Promise.resolve({ preferred: 'wasm' }),
}));

test('every flag of every command by its own name', () => {
  for (const [name, { flags }] of Object.entries(COMMANDS))
    for (const flag of Object.keys(flags)) {
      const field = flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      const error = new NamedError('BadValue', 'too many', { field }, 'give fewer');
      expect(placedAtFlag(error, new Set([field])).message, name).toBe(`too many; --${flag}; give fewer`);
    }
});

test('what a file holds, and what no flag gave, stays as it is', () => {
  const given = new Set(['seed', 'image']);
  const places = [
    { file: 'list.jsonl', field: 'image' },
    { tensor: 'a', field: 'image' },
    { field: 'layers' },
    {},
  ];
  for (const place of places)
    expect(placedAtFlag(new NamedError('BadValue', 'no', place, ''), given).place).toEqual(place);
});

const WITHOUT_INJECTION: Partial<World> = { injectedAfter: undefined };

/** A command with what it refuses, and the flag in which that was said. */
const REFUSED: readonly (readonly [string, readonly string[], string, Partial<World>?])[] = [
  ['swap', ['--layers', '99'], '--layers'],
  ['swap', ['--injection', 'removed'], '--injection', WITHOUT_INJECTION],
  ['ablate', ['--layers', '2-1'], '--layers'],
  ['ablate', ['--set', '0-99'], '--set'],
  ['patch', ['--layers', '99'], '--layers'],
  ['transfer', ['--variants', 'IN:OTHER'], '--variants'],
  ['transfer', ['--cuts', '1,99'], '--cuts'],
  ['necessity', ['--cuts', '2,1'], '--cuts'],
  ['energy', ['--cuts', '1,99'], '--cuts'],
  ['diversity', ['--pair', 'rl,other'], '--pair'],
  ['overlap', ['--pair', 'rl,other'], '--pair'],
];

test.each(REFUSED)('%s %j stands at %s', async (name, more, flag, change = {}) => {
  const { words, world } = CASES[name] as Case;
  const asked = [...words, ...more, '--device', 'wasm'];
  const refused = await keptUnder(name, await commandOf(name), asked, { ...world, ...change }).then(
    () => null,
    (error: unknown) => error as NamedError,
  );
  expect(refused).toBeInstanceOf(NamedError);
  const given = new Set(Object.keys(readFlags(table(name), asked)));
  expect(placedAtFlag(refused as NamedError, given).place).toEqual({ field: flag });
});
