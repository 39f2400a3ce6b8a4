/** Every flag of every command that keeps records: another value is other work, or it is said why not; and so is the world. */
import { describe, expect, test, vi } from 'vitest';
import { browserComputers } from '../spectra/computers.ts';
import { COMMAND_NAMES, commandOf } from './command-of.ts';
import { type Case, CASES, FLAGS, PAIRS, picture, SMALL } from './testing/identity-cases.ts';
import { keptUnder, table, weightsFolder, type World } from './testing/identity-stage.ts';

vi.mock('../spectra/computers.ts', () => ({
  browserComputers: vi.fn((wanted: string) =>
    Promise.resolve({ device: wanted, computer: wanted, threads: { size: 1 }, dispose: () => undefined }),
  ),
}));

vi.mock('../reading/client.ts', () => import('../reading/testing/inline.ts'));

vi.mock('../engine/capabilities.ts', () => ({
  surveyCapabilities: () => Promise.resolve({ preferred: 'wasm' }),
}));

const device = (words: readonly string[]): readonly string[] =>
  words.includes('--device') ? [] : ['--device', 'wasm'];

async function kept(
  name: string,
  more: readonly string[] = [],
  change: Partial<World> = {},
): Promise<string> {
  const run = await commandOf(name);
  const { words, world } = CASES[name] as Case;
  const found = await keptUnder(name, run, [...words, ...more, ...device(more)], { ...world, ...change });
  expect(found, name).toMatch(/^[0-9a-f]{32}/);
  return found;
}

test('every command that keeps records is here', () => {
  const journalled = COMMAND_NAMES.filter((name) => 'restart' in table(name).flags);
  expect(Object.keys(CASES).sort()).toEqual(journalled.sort());
});

describe.each(Object.keys(CASES))('%s', (name) => {
  const { flags } = CASES[name] as Case;

  test('says of every flag whether it decides', () => {
    expect(Object.keys(flags).sort()).toEqual(Object.keys(table(name).flags).sort());
  });

  const decide = Object.entries(flags).filter(([, flip]) => Array.isArray(flip));
  test.each(decide)('is other work with another --%s', async (_, flip) => {
    const more = flip as readonly string[];
    // What the flip needs besides: the draw of fewer samples has a seed of its own.
    const before = await kept(name, more.slice(0, -2));
    const bare = more.length === 2 ? await kept(name) : before;
    expect(await kept(name, more)).not.toBe(bare);
  });

  const keep = Object.entries(flags).flatMap(([flag, flip]) =>
    'words' in flip && flip.words ? [[flag, flip.words] as const] : [],
  );
  test.each(keep)('is the same work whatever --%s says', async (_, more) => {
    expect(await kept(name, more)).toBe(await kept(name));
  });
});

describe.each(['swap', 'ablate'])('%s of a model without DeepStack', (name) => {
  const world = { injectedAfter: undefined } as unknown as Partial<World>;

  test('is refused to remove what is not injected; --injection kept is the same work as nothing said', async () => {
    await expect(kept(name, ['--injection', 'removed'], world)).rejects.toMatchObject({
      ...{ name: 'NoInjection', place: { field: 'injection' } },
    });
    expect(await kept(name, ['--injection', 'kept'], world)).toBe(await kept(name, [], world));
  });
});

test('a swap that all read is the same work as nothing said, and from a layer on either reading is', async () => {
  expect(await kept('swap', ['--reads', 'all'])).toBe(await kept('swap'));
  const from = ['--mode', 'from-layer'];
  expect(await kept('swap', [...from, '--reads', 'text'])).toBe(await kept('swap', from));
});

const PROBES = ['swap', 'ablate', 'attention', 'transfer', 'necessity', 'disentangle'];
/** The pictures that a command shows; evaluations show one of two. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  swap: [...PAIRS.keys()].filter((path) => path.endsWith('.png')),
  ...{ ablate: ['a.png', 'b.png'], attention: ['a.png', 'b.png'] },
  ...{ transfer: ['a.png'], necessity: ['a.png'], disentangle: ['b.png'] },
};

describe.each(PROBES)('%s', (name) => {
  const { world, words } = CASES[name] as Case;
  const parts = FLAGS.filter((flag) => words.includes(`--${flag}`));
  // The first donor of IN:RL:RL gives tokenizer, template and image processor; RL gives layers alone.
  const framing = name === 'transfer' ? ['in'] : parts;
  const files = framing.flatMap((flag) => Object.keys(SMALL).map((file) => [file, flag] as const));

  test.each(parts)('is other work with other weights of --%s', async (flag) => {
    const fingerprints = { ...world.fingerprints, [flag]: 'changed' };
    expect(await kept(name, [], { fingerprints })).not.toBe(await kept(name));
  });

  test.each(files)('is other work with another %s of --%s', async (file, flag) => {
    const smallFiles = { ...world.smallFiles, [flag]: { ...SMALL, [file]: 'changed' } };
    expect(await kept(name, [], { smallFiles })).not.toBe(await kept(name));
  });

  test('is other work on another adapter', async () => {
    expect(await kept(name, [], { adapter: 'vendor amd' })).not.toBe(await kept(name));
  });

  test.each(SHOWN[name] ?? [])('is other work with another picture of as many bytes: %s', async (path) => {
    const bytes = new Uint8Array(await (world.data.get(path) as Blob).arrayBuffer());
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    const data = new Map(world.data).set(path, new File([bytes], 'picture.png'));
    expect(await kept(name, [], { data })).not.toBe(await kept(name));
  });

  test('is the same work with files in another order, of another date, and one that nobody names', async () => {
    const redated = [...world.data].reverse().map(([path, blob]) => {
      return [path, new File([blob], 'named otherwise', { lastModified: 1 })] as const;
    });
    const data = new Map<string, Blob>([...redated, ['ocr/images/unused.png', picture('unused')]]);
    expect(await kept(name, [], { data })).toBe(await kept(name));
  });
});

describe.each(['energy', 'diversity', 'overlap'])('%s', (name) => {
  const { world } = CASES[name] as Case;

  test.each(['base', 'in', 'rl'])('is other work with other weights of --%s', async (flag) => {
    const folders = { ...world.folders, [flag]: weightsFolder(9) };
    expect(await kept(name, [], { folders })).not.toBe(await kept(name));
  });

  test('is the same work with another template', async () => {
    const templated = new Map(world.folders['rl']).set('chat_template.jinja', new File(['{{ 1 }}'], 'c'));
    expect(await kept(name, [], { folders: { ...world.folders, rl: templated } })).toBe(await kept(name));
  });
});

test('a further checkpoint is other work, but not for an overlap that it has no part in', async () => {
  const more = ['--model', 'm'];
  for (const name of ['energy', 'diversity']) expect(await kept(name, more)).not.toBe(await kept(name));
  expect(await kept('overlap', more)).toBe(await kept('overlap'));
});

test('other merges of the same two are other answers', async () => {
  const names = [[], ['--variants', 'RL:IN:IN'], ['--variants', 'RL:RL:IN']];
  const keys = await Promise.all(names.map((more) => kept('transfer', more)));
  expect(new Set(keys).size).toBe(3);
});

test('spectra that a GPU was to compute are kept with the CPU that does', async () => {
  vi.mocked(browserComputers).mockResolvedValueOnce({
    ...{ device: 'cpu', computer: 'cpu', threads: { size: 1 }, dispose: () => undefined },
  } as never);
  expect(await kept('diversity', ['--device', 'webgpu'])).toBe(await kept('diversity'));
});
