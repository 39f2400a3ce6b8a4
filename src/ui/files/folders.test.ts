import { expect, test } from 'vitest';
import { intoFolders } from './folders.ts';

const at = (...paths: string[]) => paths.map((path) => ({ path, file: new File(['{}'], path) }));

test('several folders at once keep their names and files', () => {
  const folders = intoFolders(
    at('family/base/config.json', 'family/base/a.safetensors', 'family/rl/b.safetensors'),
  );
  expect(folders.map(({ name, files }) => [name, [...files.keys()]])).toEqual([
    ['base', ['config.json', 'a.safetensors']],
    ['rl', ['b.safetensors']],
  ]);
  expect(folders[0]?.files.get('config.json')).toBeInstanceOf(File);
});

test('loose files are one folder with a name of its own', () => {
  expect(intoFolders(at('config.json', 'model.safetensors')).map(({ name }) => name)).toEqual([
    'dropped files',
  ]);
});
