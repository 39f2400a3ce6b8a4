import type { Folder } from '../files/folder.ts';

/** A folder as one would drop it; the fake engine looks at its name, and hashes its small files. */
export function fakeFolder(name: string): Folder {
  const names = [
    'config.json',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
    'tokenizer.json',
  ];
  return { name, files: new Map(names.map((file) => [file, new File(['{}'], file)])) };
}
