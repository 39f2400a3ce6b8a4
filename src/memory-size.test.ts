import { expect, it } from 'vitest';
import { memoryBytes, memorySize } from './memory-size.ts';

it.each([
  ['8GB', 8_000_000_000],
  ['6.5 GiB', 6_979_321_856],
  ['512MB', 512_000_000],
  ['1MiB', 1_048_576],
  ['0GB', null],
  ['8', null],
  ['8KB', null],
  ['-8GB', null],
  ['8.GB', null],
])('%s is %s', (text, bytes) => expect(memoryBytes(text)).toBe(bytes));

it('is said in units of ten to the nine, or to the six', () =>
  expect([14_506_224_320, 45e6].map(memorySize)).toEqual(['14.51 GB', '45.0 MB']));
