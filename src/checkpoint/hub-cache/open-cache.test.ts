import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../byte-source.ts';
import { openCheckpoint } from '../checkpoint.ts';
import type { DroppedFile } from '../dropped-folders.ts';
import { fileWith, source } from '../testing/files.ts';
import { openCache } from './open-cache.ts';
import type { Contents } from './testing/cache.ts';
import { bytesOf, cached, COMMIT, file, hashOf, names, open, OTHER, ROOT } from './testing/cache.ts';

const GOLDENS = new URL('../../../tools/goldens/data/checkpoints', import.meta.url).pathname;
const golden = (name: string): Contents =>
  Object.fromEntries(
    readdirSync(join(GOLDENS, name)).map((path) => [
      path,
      new Uint8Array(readFileSync(join(GOLDENS, name, path))),
    ]),
  );

describe('a repository of the cache', () => {
  it.each(readdirSync(GOLDENS))('gives %s its files back, each with its own bytes', async (name) => {
    const contents = golden(name);
    const opened = await open(cached(contents), [`${ROOT}/snapshots/${COMMIT}`]);
    expect(names(opened)).toEqual([['acme/tiny-vl-rl', Object.keys(contents).sort()]]);
    for (const [path, opening] of opened.folders[0]?.files ?? []) {
      expect(await bytesOf(opening)).toBe(hashOf(contents[path] ?? ''));
    }
    const [before, after] = await Promise.all([
      openCheckpoint(
        new Map(Object.entries(contents).map(([path, content]) => [path, source(content, path)])),
      ),
      openCheckpoint(opened.folders[0]?.files ?? new Map<string, ByteSource>()),
    ]);
    expect(after.fingerprint).toBe(before.fingerprint);
  });

  it('opens blobs dropped by themselves, and files chosen from them', async () => {
    const contents = golden('untied-gqa2-f16');
    const blobs = cached(contents, 'x').slice(0, -1);
    const under = (folder: string) =>
      blobs.map(({ path, source }) => ({ path: path.replace('x/blobs/', folder), source }));
    expect(names(await open(under('blobs/')))).toEqual([['blobs', Object.keys(contents).sort()]]);
    expect(names(await open(under('')))).toEqual([['', Object.keys(contents).sort()]]);
  });

  it('leaves what is no part of a checkpoint out: card, licence, attributes, pictures, training arguments', async () => {
    const contents = golden('untied-gqa2-f16');
    const more = {
      'README.md': '---\nlicense: apache-2.0\n---\n# Model\n{% for message in messages %}',
      LICENSE: 'Apache License\nVersion 2.0, January 2004',
      '.gitattributes': '*.safetensors filter=lfs diff=lfs merge=lfs -text\n',
      'args.json': '{"model_type": "qwen2_5_vl", "learning_rate": 1e-5, "temperature": 0.9}',
      'log.jsonl': '{"loss": 1}\n{"loss": 0.5}\n',
      'figure.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]),
      'training_args.bin': new Uint8Array([0x50, 0x4b, 3, 4, 0]),
    };
    expect(names(await open(cached({ ...contents, ...more })))).toEqual([
      ['acme/tiny-vl-rl', Object.keys(contents).sort()],
    ]);
  });

  it('names the shards of 16 GB by their headers alone', async () => {
    const shards = [1, 2, 3, 4, 5].map((shard) => {
      const tensors = Array.from({ length: 150 }, (_, at) => `model.layers.${at}.weight_${shard}`);
      const header = Object.fromEntries(tensors.map((tensor) => [tensor, { dtype: 'BF16', shape: [1] }]));
      return {
        name: `model-0000${shard}-of-00005.safetensors`,
        tensors,
        start: fileWith(JSON.stringify(header), 0),
      };
    });
    const index = JSON.stringify({
      weight_map: Object.fromEntries(
        shards.flatMap(({ name, tensors }) => tensors.map((tensor) => [tensor, name])),
      ),
    });
    const sparse = shards.map(({ name, start }): DroppedFile => {
      const slice = (from: number, to: number) => {
        if (to > start.length) throw new Error(`weights of ${name} were read`);
        return new Blob([start]).slice(from, to);
      };
      return { path: `blobs/${hashOf(name)}`, source: { name, size: 3.3e9, slice } };
    });
    const { folders } = await open([...sparse, file(`blobs/${COMMIT}`, index)]);
    const sources = new Map(folders[0]?.files);
    sources.delete('model.safetensors.index.json');
    expect([...sources].map(([path, { name }]) => [path, name]).sort()).toEqual(
      shards.map(({ name }) => [name, name]),
    );
    expect(sources.size).toBe(5);
  });
});

describe('a snapshot that lists its files', () => {
  const contents = golden('untied-gqa2-f16');
  const snapshot = (commit: string): DroppedFile[] =>
    Object.entries(contents).map(([name, content]) => file(`${ROOT}/snapshots/${commit}/${name}`, content));

  it('stays as it is: a cache on Windows has no blobs', async () => {
    const dropped = [...snapshot(COMMIT), file(`${ROOT}/refs/main`, COMMIT)];
    expect(names(await open(dropped))).toEqual([['acme/tiny-vl-rl', Object.keys(contents).sort()]]);
  });

  it('gives its file in place of the blob where a link was replaced', async () => {
    const edited = file(`${ROOT}/snapshots/${COMMIT}/config.json`, '{"edited": true}');
    const { folders } = await open([...cached(contents), edited]);
    expect(await bytesOf(folders[0]?.files.get('config.json'))).toBe(hashOf('{"edited": true}'));
    expect(folders[0]?.files.has('model.safetensors')).toBe(true);
  });
});

describe('what cannot be told', () => {
  const contents = golden('tied-gqa1-bf16-old');
  const failure = async (dropped: DroppedFile[], emptyFolders: string[] = []) =>
    (await openCache(dropped, emptyFolders)).refused;

  it.each([
    [
      'two revisions of a small file',
      { 'config.json': '{"architectures": ["Qwen2_5_VLForConditionalGeneration"]}' },
    ],
    ['two indexes', { i: JSON.stringify({ weight_map: { a: 'model-00001-of-00002.safetensors' } }) }],
  ])('%s', async (_, more) => {
    const refused = await failure([...cached(contents), ...cached(more)]);
    expect(refused).toMatchObject([{ name: 'AmbiguousBlobs' }]);
    expect(refused[0]?.remedy).toContain('"hf download acme/tiny-vl-rl --local-dir FOLDER"');
    expect(refused[0]?.what).toContain(hashOf(Object.values(more)[0] ?? ''));
  });

  it('two shards of one name, a shard of no name, and several without an index', async () => {
    const shard = contents['model-00001-of-00003.safetensors'] as Uint8Array<ArrayBuffer>;
    const changed = shard.slice();
    changed[changed.length - 1] = 1 ^ (changed.at(-1) ?? 0);
    const foreign = golden('untied-gqa4-f32')['model.safetensors'] ?? '';
    const { weight_map: map } = JSON.parse(
      new TextDecoder().decode(contents['model.safetensors.index.json'] as Uint8Array),
    ) as { weight_map: Record<string, string> };
    const resharded = fileWith(
      JSON.stringify(Object.fromEntries(Object.keys(map).map((name) => [name, {}]))),
      0,
    );
    const { 'model.safetensors.index.json': _, ...noIndex } = contents;
    for (const [dropped, says] of [
      [
        [...cached(contents), file(`${ROOT}/blobs/${hashOf(changed)}`, changed)],
        'are both its model-00001-of-00003',
      ],
      [
        [...cached(contents), file(`${ROOT}/blobs/${hashOf(foreign)}`, foreign)],
        'of which its index names none',
      ],
      [
        [...cached(contents), file(`${ROOT}/blobs/${hashOf(resharded)}`, resharded)],
        'spreads over model-00001-of-00003',
      ],
      [cached(noIndex), '3 of its blobs are safetensors files, and none is the index'],
    ] as const) {
      expect(await failure([...dropped])).toMatchObject([
        { name: 'AmbiguousBlobs', what: expect.stringContaining(says) as string },
      ]);
    }
  });

  it('several snapshots, seen by folder, by ref or by what they lack', async () => {
    const whole = cached(contents);
    const seen = [
      await failure(whole, [`${ROOT}/snapshots/${COMMIT}`, `${ROOT}/snapshots/${OTHER}`]),
      await failure([...whole, file(`${ROOT}/refs/pr/1`, OTHER)]),
      await failure([...whole, file(`${ROOT}/.no_exist/${OTHER}/added_tokens.json`, '')]),
    ];
    for (const refused of seen) {
      expect(refused).toMatchObject([
        {
          name: 'SeveralSnapshots',
          what: `the cache holds 2 snapshots of acme/tiny-vl-rl: ${COMMIT}, ${OTHER}`,
          place: { file: ROOT },
        },
      ]);
    }
  });

  it('weights that are links into the store of huggingface_hub 2, or not loaded yet', async () => {
    const small = Object.fromEntries(
      Object.entries(contents).filter(([name]) => !name.endsWith('.safetensors')),
    );
    expect(await failure(cached(small))).toMatchObject([{ name: 'LinkedFiles', place: { file: ROOT } }]);
    const halfway = [...cached(small), file(`${ROOT}/blobs/${'0'.repeat(64)}.incomplete`, 'abc')];
    expect(await failure(halfway)).toMatchObject([{ name: 'UnfinishedDownload' }]);
  });
});
