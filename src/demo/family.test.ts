import { beforeEach, describe, expect, test } from 'vitest';
import type { DemoFolder, FetchOptions } from './family.ts';
import { fetchDemoCheckpoint, fetchDemoExample, openDemoIndex } from './family.ts';
import type { DemoCheckpoint } from './index-file.ts';
import { parseDemoIndex } from './index-file.ts';
import { MemorySite } from './testing/memory-site.ts';

let site: MemorySite;
/** The family's checkpoint, by its index. */
async function openBase(options: FetchOptions): Promise<DemoFolder> {
  const { checkpoints } = await openDemoIndex(options.site);
  return fetchDemoCheckpoint(checkpoints[0] as DemoCheckpoint, options);
}

beforeEach(async () => {
  site = new MemorySite();
  await site.publish();
});

test('a checkpoint is fetched with progress, and its files are what the host has', async () => {
  const seen: number[] = [];
  const { files, kept } = await openBase({
    site,
    onProgress: ({ bytesDone, bytesTotal }) => seen.push(bytesDone / bytesTotal),
  });
  expect([...files.keys()]).toEqual(['config.json', 'model.safetensors']);
  expect(await files.get('config.json')?.text()).toBe('{"a":1}');
  expect(kept).toBe(true);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect([seen[0], seen.at(-1)]).toEqual([0, 1]);
  expect(seen.length).toBeGreaterThan(8);
});

test('the second opening needs no network, the example neither', async () => {
  const index = await openDemoIndex(site);
  await openBase({ site });
  for (const example of index.examples) await fetchDemoExample(example, { site });
  site.online = false;
  const { files } = await openBase({ site });
  expect(await files.get('model.safetensors')?.text()).toContain('weights');
  for (const example of index.examples) expect((await fetchDemoExample(example, { site })).size).toBe(3);
});

test('with a network, what is kept is not fetched again', async () => {
  await openBase({ site });
  site.asked.length = 0;
  await openBase({ site });
  expect(site.asked).toEqual(['index.json']);
});

test.each([
  [
    'one byte differs',
    (bytes: Uint8Array<ArrayBuffer>) => bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
    'SHA-256',
  ],
  ['it is cut short', (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, -1), '32 of its 33 bytes'],
  [
    'it is longer',
    (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array([...bytes, 0, 0, 0, 0]),
    'more than the 33 bytes',
  ],
])('a bad file is named and never kept: %s', async (_, damage, what) => {
  const path = 'base/model.safetensors';
  const good = site.host.get(path) as Uint8Array<ArrayBuffer>;
  site.host.set(path, damage(good));
  await expect(openBase({ site })).rejects.toMatchObject({
    name: 'DemoFileDamaged',
    what: expect.stringContaining(what),
    place: { file: `demo/${path}` },
  });
  expect([...site.kept.values()].some((bytes) => bytes.length >= good.length && bytes.length < 40)).toBe(
    false,
  );
  site.host.set(path, good);
  expect((await openBase({ site })).files.get('model.safetensors')?.size).toBe(33);
});

test('what is damaged in the cache is fetched anew', async () => {
  await openBase({ site });
  for (const bytes of site.kept.values()) if (bytes.length === 33) bytes.fill(0);
  const { files } = await openBase({ site });
  expect(await files.get('model.safetensors')?.text()).toContain('weights');
  expect(site.asked.filter((path) => path.endsWith('safetensors'))).toHaveLength(2);
});

test('a new version replaces the old one, which leaves the cache', async () => {
  await openBase({ site });
  await site.publish('other weights');
  const { files } = await openBase({ site });
  expect(await files.get('model.safetensors')?.text()).toBe('other weights');
  expect(site.kept.size).toBe(3);
});

test('cancelling ends the fetch, and what was not whole is not kept', async () => {
  const controller = new AbortController();
  const fetching = openBase({
    site,
    signal: controller.signal,
    onProgress: ({ bytesDone }) => bytesDone > 16 && controller.abort(),
  });
  await expect(fetching).rejects.toMatchObject({ name: 'Cancelled' });
  expect([...site.kept.keys()].filter((key) => key.includes('sha256/'))).toHaveLength(1);
});

test('a cache without room is no failure, and said', async () => {
  site.room = false;
  expect((await openBase({ site })).kept).toBe(false);
});

describe('an absent family has a name and a remedy', () => {
  test('no index, and never seen', async () => {
    site.host.delete('index.json');
    const refused = { name: 'DemoNotFound', remedy: expect.stringContaining('own checkpoint folders') };
    await expect(openDemoIndex(site)).rejects.toMatchObject({
      ...refused,
      what: expect.stringContaining('404'),
    });
    site.online = false;
    await expect(openDemoIndex(site)).rejects.toMatchObject(refused);
  });

  test('a file is missing', async () => {
    site.host.delete('base/config.json');
    await expect(openBase({ site })).rejects.toMatchObject({
      name: 'DemoFileUnreachable',
      what: expect.stringContaining('404'),
    });
  });
});

test.each([
  ['<!doctype html>', undefined],
  ['[]', undefined],
  ['{"format":2}', 'format'],
  ['{"format":1}', 'recipe'],
])('an index that is none is refused: %s', (text, field) => {
  expect(() => parseDemoIndex(text)).toThrow(
    expect.objectContaining({
      name: 'DemoIndexInvalid',
      place: { file: 'demo/index.json', ...(field ? { field } : {}) },
    }),
  );
});

test.each<[change: (index: Broken) => unknown, what: string, field: string]>([
  [(index) => Object.assign(index, { recipe: [] }), '[] is not an object', 'recipe'],
  [(index) => delete index.recipe['title'], 'it is missing', 'recipe.title'],
  [(index) => (index.recipe['system'] = 7), '7 is not a text', 'recipe.system'],
  [(index) => (index.recipe['temperature'] = -1), '-1 is not a number from 0', 'recipe.temperature'],
  [(index) => Object.assign(index, { checkpoints: [] }), '[] is not a list with entries', 'checkpoints'],
  [({ checkpoints: [one] }) => (one.name = 'a/b'), '"a/b" is not a folder name', 'checkpoints.0.name'],
  [
    ({ checkpoints: [one] }) => (one.role = 'sft'),
    '"sft" is not one of base, in, rl, frozen',
    'checkpoints.0.role',
  ],
  [
    ({ checkpoints: [one] }) => (one.frozen = 'all'),
    '"all" is not one of early, mid, late, null',
    'checkpoints.0.frozen',
  ],
  [
    ({ checkpoints: [one] }) => (one.files[0].bytes = 0.5),
    '0.5 is not a size',
    'checkpoints.0.files.0.bytes',
  ],
  [({ examples: [one] }) => (one.sha256 = 'AB'), '"AB" is not a SHA-256', 'examples.0.sha256'],
  [
    ({ examples: [one] }) => (one.name = 'examples/..'),
    '"examples/.." is not a file of the folder',
    'examples.0.name',
  ],
])('what is wrong with an index is named with its field: %s', (change, what, field) => {
  const index = JSON.parse(new TextDecoder().decode(site.host.get('index.json'))) as Broken;
  change(index);
  expect(() => parseDemoIndex(JSON.stringify(index))).toThrow(
    expect.objectContaining({ name: 'DemoIndexInvalid', what, place: { file: 'demo/index.json', field } }),
  );
});

/** An index to be broken. */
interface Broken {
  recipe: Record<string, unknown>;
  checkpoints: [{ name: unknown; role: unknown; frozen: unknown; files: [{ bytes: unknown }] }];
  examples: [{ name: unknown; sha256: unknown }];
}

test('names that leave their folder are refused', () => {
  const text = new TextDecoder().decode(site.host.get('index.json'));
  for (const name of ['../config.json', 'a/b', '..'])
    expect(() => parseDemoIndex(text.replace('"config.json"', JSON.stringify(name)))).toThrow(
      /not a file of the folder/,
    );
});
