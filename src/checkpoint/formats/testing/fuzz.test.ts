import { expect, it } from 'vitest';
import { NamedError } from '../../../named-error.ts';
import { fuzzed, MOST_BYTES } from './fuzz.ts';

const failure = (outcomeOf: () => unknown): Promise<unknown> =>
  fuzzed(3, () => Promise.resolve().then(() => String(outcomeOf()))).then(
    () => null,
    (error: unknown) => error,
  );

it('counts outcomes and the names of errors', async () => {
  const outcomes = await fuzzed(5, (at) =>
    at < 3 ? Promise.resolve('opened') : Promise.reject(new NamedError('InvalidTensor', 'wrong', {}, 'none')),
  );
  // Of a run on demand all cases.
  expect(outcomes.get('opened')).toBe(3);
  expect([...outcomes.keys()]).toEqual(['opened', 'InvalidTensor']);
});

it.each<readonly [string, () => unknown, RegExp]>([
  ['an error without a name', fail, /no name/],
  [
    'an error that blames the disk',
    () => {
      throw new NamedError('FileChanged', 'other bytes', {}, 'none');
    },
    /other bytes/,
  ],
  ['an array beyond the limit, untouched', () => new Float32Array(MOST_BYTES / 4 + 1), /asked for/],
  ['arrays beyond it together', () => [1, 2, 3].map(() => new ArrayBuffer(MOST_BYTES / 2)), /asked for/],
  ['a list beyond it', () => Array.from({ length: MOST_BYTES / 8 + 1 }), /asked for/],
])('fails on %s', async (_, outcomeOf, words) => {
  const before = globalThis.Float32Array;
  const error = await failure(outcomeOf);
  expect(error).toMatchObject({ message: 'case 0' });
  expect(String((error as Error).cause)).toMatch(words);
  expect(globalThis.Float32Array).toBe(before);
});

function fail(): never {
  throw new TypeError('no name');
}
