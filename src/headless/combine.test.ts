/** Any number of parts of any command, in any order, is one run of it. */
import { describe, expect, test, vi } from 'vitest';
import { DECLARATIONS } from '../../scripts/declarations.mjs';
import { combined, type Files, IN_PARTS, part, whole } from './testing/parts.ts';

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

test('every analysis is here', () => {
  const analyses = DECLARATIONS.map(({ declaration: { name } }) => name);
  expect([...new Set(IN_PARTS.map(([name]) => name))].sort()).toEqual(analyses.sort());
});

/** The only file of a command that answers JSON. */
function single(files: Files): string {
  const [text, ...others] = files.values();
  expect(others).toEqual([]);
  return text ?? '';
}

describe.each(IN_PARTS)('%s %j', (command, words) => {
  // Of three samples each the last parts are empty.
  test.each([1, 2, 3, 7])('in %i parts', async (count) => {
    const one = await whole(command, words);
    const parts = await Promise.all(
      Array.from({ length: count }, (_, at) => part(command, words, `${at + 1}/${count}`)),
    );
    const together = await combined(parts.reverse());
    if (one.has(command)) expect(JSON.parse(single(together))).toEqual(JSON.parse(single(one)));
    else expect(together).toEqual(one);
  });
});
