/** Any number of parts of any command, in any order, is one run of it. */
import { describe, expect, test, vi } from 'vitest';
import { DECLARATIONS } from '../../scripts/declarations.mjs';
import { MemoryStorage } from '../study/journal/memory-storage.ts';
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

test('what one run took of a GPU is no part of the result: transfer', async () => {
  const gpu = { gpu: true };
  const one = await whole('transfer', [], {}, gpu);
  const parts = await Promise.all(['1/2', '2/2'].map((shard) => part('transfer', [], shard, {}, gpu)));
  expect(await combined(parts)).toEqual(one);
});

describe.each([
  ['ablate', ['--samples', '5']],
  ['energy', []],
  ['disentangle', []],
] as const)('the journal of %s', (command, words) => {
  test('has what parts computed, for the same part again, for others and for the whole', async () => {
    const storage = new MemoryStorage();
    let computed: string[] = [];
    const around = { storage, onRecord: (key: string) => void computed.push(key) };
    const counted = async (work: Promise<Files>): Promise<{ files: Files; computed: readonly string[] }> => {
      computed = [];
      const files = await work;
      return { files, computed: computed.sort() };
    };
    const first = await counted(part(command, words, '1/2', {}, around));
    expect(first.computed.length).toBeGreaterThan(0);
    // Again, on a machine that has its journal: the same bytes, and nothing is computed.
    expect(await counted(part(command, words, '1/2', {}, around))).toEqual({ ...first, computed: [] });
    // Anew: its own records, and the other part's stay.
    const second = await counted(part(command, words, '2/2', {}, around));
    expect(await counted(part(command, [...words, '--restart'], '1/2', {}, around))).toEqual(first);
    expect(await counted(part(command, words, '2/2', {}, around))).toEqual({ ...second, computed: [] });
    const all = await counted(whole(command, words));
    expect(await counted(whole(command, words, {}, around))).toEqual({ files: all.files, computed: [] });
  });
});
