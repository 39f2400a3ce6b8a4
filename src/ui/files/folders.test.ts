import { expect, test } from 'vitest';
import { NamedError } from '../../named-error.ts';
import type { Gathered } from './folder.ts';
import { intoFolders } from './folders.ts';

const at = (...paths: string[]): Gathered => ({
  files: paths.map((path) => ({ path, file: new File(['{}'], path) })),
  emptyFolders: [],
});

test('several folders at once keep their names and files', async () => {
  const { folders, refused } = await intoFolders(
    at('family/base/config.json', 'family/base/a.safetensors', 'family/rl/b.safetensors'),
  );
  expect(folders.map(({ name, files }) => [name, [...files.keys()]])).toEqual([
    ['base', ['config.json', 'a.safetensors']],
    ['rl', ['b.safetensors']],
  ]);
  expect(folders[0]?.files.get('config.json')).toBeInstanceOf(File);
  expect(refused).toBeNull();
});

test('loose files are one folder with a name of its own', async () => {
  const { folders } = await intoFolders(at('config.json', 'model.safetensors'));
  expect(folders.map(({ name }) => name)).toEqual(['dropped files']);
});

test('a drop of which nothing can be opened says so', async () => {
  const failure = await intoFolders(at('.DS_Store', 'a.safetensors.part')).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NamedError);
  expect(failure).toMatchObject({
    name: 'NothingToOpen',
    what: 'no checkpoint is among these 2 files: .DS_Store (hidden), a.safetensors.part (an unfinished download)',
  });
});

test('what the cache only links to is refused, and the rest opens', async () => {
  const linked = at('hub/models--a--rl/refs/main', 'hub/base/model.safetensors');
  const { folders, refused } = await intoFolders(linked);
  expect(folders.map(({ name }) => name)).toEqual(['base']);
  expect(refused).toMatchObject({ name: 'LinkedFiles', place: { file: 'hub/models--a--rl' } });
  await expect(intoFolders(at('models--a--rl/refs/main'))).rejects.toMatchObject({
    name: 'LinkedFiles',
    remedy: expect.stringContaining('hf download a/rl --local-dir') as string,
  });
});

test('a folder of links beside checkpoints is told, an empty one within a checkpoint is not', async () => {
  const { files } = at('family/base/model.safetensors', 'family/in/model.safetensors');
  const emptyFolders = ['family/rl', 'family/base/runs', 'family/.git'];
  const { folders, refused } = await intoFolders({ files, emptyFolders });
  expect(folders.map(({ name }) => name)).toEqual(['base', 'in']);
  expect(refused).toMatchObject({ name: 'NothingListed', place: { file: 'family/rl' } });
  expect(refused?.remedy).toContain('cp -rL SNAPSHOT COPY');
  expect((await intoFolders({ files, emptyFolders: ['family/base/runs'] })).refused).toBeNull();
});

test('the snapshot of links of an opened repository is no folder that shows nothing', async () => {
  const blob = (name: string, content: string) => ({
    path: `models--a--rl/blobs/${name.repeat(64)}`,
    file: new File([content], name.repeat(64)),
  });
  const header = new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode('{}')]);
  const files = [
    blob('a', '{"architectures": ["Qwen2_5_VLForConditionalGeneration"]}'),
    { path: `models--a--rl/blobs/${'b'.repeat(64)}`, file: new File([header], 'b'.repeat(64)) },
  ];
  const emptyFolders = [`models--a--rl/snapshots/${'ab'.repeat(20)}`];
  const { folders, refused } = await intoFolders({ files, emptyFolders });
  expect(folders.map((folder) => [folder.name, [...folder.files.keys()]])).toEqual([
    ['a/rl', ['config.json', 'model.safetensors']],
  ]);
  expect(refused).toBeNull();
});
