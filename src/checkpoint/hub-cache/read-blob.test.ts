import { expect, test } from 'vitest';
import { readBlob } from './read-blob.ts';

const blob = (text: string) => Object.assign(new Blob([text]), { name: 'b' });

test('a JSON with more values than any file of a checkpoint, or deeper, is data', async () => {
  const config = (pad: string): string => `{"architectures":["x"],"pad":${pad}}`;
  expect(await readBlob(blob(config('[]')), 'b')).toEqual({ kind: 'file', name: 'config.json' });
  for (const pad of [`[${'1,'.repeat(3e6)}1]`, `${'['.repeat(1e5)}${']'.repeat(1e5)}`])
    expect(await readBlob(blob(config(pad)), 'b')).toEqual({ kind: 'other' });
});
