import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DroppedFile } from '../dropped-folders.ts';
import { openCache } from './open-cache.ts';
import type { Contents } from './testing/cache.ts';
import { bytesOf, cached, COMMIT, file, hashOf, open } from './testing/cache.ts';

const GOLDENS = new URL('../../../tools/goldens/data/checkpoints', import.meta.url).pathname;
const golden = (name: string): Contents =>
  Object.fromEntries(
    readdirSync(join(GOLDENS, name)).map((path) => [
      path,
      new Uint8Array(readFileSync(join(GOLDENS, name, path))),
    ]),
  );

describe('the store that repositories share (huggingface_hub 2)', () => {
  const small = (contents: Contents) =>
    Object.fromEntries(
      Object.entries(contents).filter(([name]) => !/\.safetensors$|^tokenizer\.json$/.test(name)),
    );
  const store = (contents: Contents, ...users: string[]): DroppedFile[] =>
    Object.entries(contents).flatMap(([, content]) => {
      const path = `hub/blobs/${hashOf(content).slice(0, 2)}/${hashOf(content)}`;
      return [
        file(path, content),

        file(`${path}.refs`, users.map((user) => `models--acme--${user}/blobs/${'0'.repeat(64)}\n`).join('')),
      ];
    });
  const only = (name: string, { [name]: content = '' }: Contents): Contents => ({ [name]: content });
  const [base, rl] = [golden('untied-gqa2-f16'), golden('untied-gqa2-f16-b')];

  it('gives each repository what its manifest says, in a dropped cache', async () => {
    const dropped = [
      ...cached(small(base), 'hub/models--acme--base'),
      ...cached(small(rl), 'hub/models--acme--rl'),
      ...store(only('model.safetensors', base), 'base'),
      ...store(only('model.safetensors', rl), 'rl'),
      // Both have the same tokenizer.
      ...store(only('tokenizer.json', rl), 'base', 'rl'),
      file('hub/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc55'),
      file('hub/blobs/.huggingface-shared-blobs', '1\n'),
    ];
    const { folders } = await open(dropped);
    expect(folders.map(({ name }) => name).sort()).toEqual(['acme/base', 'acme/rl']);
    for (const [name, contents] of [
      ['acme/base', base],
      ['acme/rl', rl],
    ] as const) {
      const files = folders.find((folder) => folder.name === name)?.files;
      expect(await bytesOf(files?.get('model.safetensors'))).toBe(
        hashOf(contents['model.safetensors'] ?? ''),
      );
      expect(files?.has('tokenizer.json')).toBe(true);
    }
  });

  it('is no checkpoint by itself', async () => {
    const { refused } = await openCache(store(base, 'base'));
    expect(refused).toMatchObject([{ name: 'LinkedFiles' }]);
  });
});

describe('other folders pass', () => {
  it('a checkpoint with a file called by a hash, ModelScope’s cache, and hf download --local-dir', async () => {
    for (const paths of [
      ['m/config.json', 'm/model.safetensors', `m/${COMMIT}`],
      [
        'Qwen/Qwen2___5-VL-3B/config.json',
        'Qwen/Qwen2___5-VL-3B/model.safetensors',
        'Qwen/Qwen2___5-VL-3B/.msc',
        'Qwen/Qwen2___5-VL-3B/.mdl',
        'Qwen/._____temp/Qwen/x/model.safetensors',
      ],
      [
        'm/model.safetensors',
        'm/.cache/huggingface/download/model.safetensors.metadata',
        `m/.cache/huggingface/download/abc.${'0'.repeat(64)}.incomplete`,
      ],
    ]) {
      const dropped = paths.map((path) => file(path, '{}'));
      const { folders } = await open(dropped);
      expect(folders).toHaveLength(1);
      expect([...(folders[0]?.files.keys() ?? [])]).toContain('model.safetensors');
      expect([...(folders[0]?.files.keys() ?? [])].some((path) => path.includes('/'))).toBe(false);
    }
  });

  it('data sets of the cache are none', async () => {
    const { files, refused } = await openCache([file(`hub/datasets--a--b/blobs/${COMMIT}`, 'x')]);
    expect([files, refused]).toEqual([[], []]);
  });
});
