import { describe, expect, it } from 'vitest';
import { type CheckpointFiles, listFiles } from './byte-source.ts';
import type { TensorEntry } from './checkpoint.ts';
import { openCheckpoint, readTensorBytes } from './checkpoint.ts';
import { INDEX_FILE } from './shard-index.ts';
import { failureOf, folder, source } from './testing/files.ts';
import { qwenTensors, SHAPE_3B, SHAPE_7B, sparseCheckpoint } from './testing/qwen-layout.ts';
import { writeSafetensors } from './testing/safetensors.ts';

/** A safetensors file of float32 vectors. */
function weights(vectors: Readonly<Record<string, readonly number[]>>): Uint8Array<ArrayBuffer> {
  const tensors = Object.entries(vectors).map(([name, values]) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    return { name, dtype: 'F32' as const, shape: [values.length], bytes };
  });
  return writeSafetensors(tensors);
}
const index = (weightMap: unknown): string => JSON.stringify({ metadata: {}, weight_map: weightMap });
const A = 'model-00001-of-00002.safetensors';
const B = 'model-00002-of-00002.safetensors';
const sharded = (weightMap: unknown, a: string[], b: string[]): CheckpointFiles => {
  const vectors = (names: string[]): Uint8Array<ArrayBuffer> =>
    weights(Object.fromEntries(names.map((name) => [name, [1, 2]])));
  return folder({ [INDEX_FILE]: index(weightMap), [A]: vectors(a), [B]: vectors(b) });
};

function entry(checkpoint: { tensors: ReadonlyMap<string, TensorEntry> }, name: string): TensorEntry {
  const found = checkpoint.tensors.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe('openCheckpoint', () => {
  it.each(['config.json', 'model.safetensors'])('names what Git LFS left in place of %s', async (file) => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 11422654\n';
    const whole = { 'config.json': '{}', 'model.safetensors': weights({ 'model.norm.weight': [1] }) };
    const failure = await failureOf(openCheckpoint(folder({ ...whole, [file]: pointer })));
    expect([failure.name, failure.place.file]).toEqual(['LfsPointer', file]);
    expect(failure.what).toBe(
      `the file holds a Git LFS pointer of ${pointer.length} bytes in place of its contents`,
    );
    expect(failure.remedy).toContain('git lfs pull');
  });

  it('says the same of a folder in whatever order a browser lists it', async () => {
    const model = weights({ 'model.norm.weight': [1] });
    const files = {
      'model.safetensors': model,
      'optimizer.pt': 'x',
      'adapter_model.bin': 'y',
      'config.json': '{}',
    };
    const said = async (listed: readonly string[]) => {
      const named = Object.fromEntries(listed.map((name) => [name, files[name as keyof typeof files]]));
      const { fingerprint, notices, files: opened } = await openCheckpoint(folder(named));
      return { fingerprint, notices, files: listFiles(opened) };
    };
    const names = Object.keys(files);
    const first = await said(names);
    expect(first.notices).toHaveLength(2);
    expect(first.files.map(({ name }) => name)).toEqual([...names].sort());
    expect(await said([...names].reverse())).toEqual(first);
  });

  it('opens a single file and reads its tensors, whole and in part', async () => {
    const file = weights({ 'model.norm.weight': [1, 2, 3, 4], 'lm_head.weight': [5] });
    const checkpoint = await openCheckpoint(folder({ 'model.safetensors': file }), { name: 'tiny' });
    expect(checkpoint).toMatchObject({
      name: 'tiny',
      bytes: 20,
      notices: [],
      weightFiles: ['model.safetensors'],
    });
    const norm = entry(checkpoint, 'model.norm.weight');
    expect(norm).toMatchObject({ dtype: 'F32', shape: [4], bytes: 16, storedName: 'model.norm.weight' });
    const whole = await readTensorBytes(checkpoint, norm);
    expect([...new Float32Array(whole.buffer)]).toEqual([1, 2, 3, 4]);
    const part = await readTensorBytes(checkpoint, norm, { start: 4, end: 12 });
    expect([...new Float32Array(part.buffer)]).toEqual([2, 3]);
    await expect(readTensorBytes(checkpoint, norm, { start: 4, end: 17 })).rejects.toThrow(RangeError);
  });

  it('opens shards in either spelling under the same names', async () => {
    const older = await openCheckpoint(
      sharded(
        { 'model.norm.weight': A, 'visual.merger.ln_q.weight': B },
        ['model.norm.weight'],
        ['visual.merger.ln_q.weight'],
      ),
    );
    const newer = await openCheckpoint(
      sharded(
        { 'model.language_model.norm.weight': A, 'model.visual.merger.ln_q.weight': B },
        ['model.language_model.norm.weight'],
        ['model.visual.merger.ln_q.weight'],
      ),
    );
    expect([...newer.tensors.keys()]).toEqual([...older.tensors.keys()]);
    expect(entry(newer, 'model.norm.weight')).toMatchObject({
      storedName: 'model.language_model.norm.weight',
      file: A,
    });
  });

  it('reads a shard that the index names with ./ before it', async () => {
    const files = folder({ [INDEX_FILE]: index({ a: `./${A}` }), [A]: weights({ a: [1] }) });
    expect((await openCheckpoint(files)).weightFiles).toEqual([A]);
  });

  it.each<[string, string, CheckpointFiles]>([
    ['MissingShard', B, folder({ [INDEX_FILE]: index({ a: A, b: B }), [A]: weights({ a: [1] }) })],
    ['TensorNotInShard', 'model.norm.weight', sharded({ a: A, 'model.norm.weight': B }, ['a'], ['b'])],
    [
      'TensorNotInShard',
      'model.language_model.norm.weight',
      sharded({ a: A, 'model.language_model.norm.weight': B }, ['a'], ['b']),
    ],
    ['DuplicateTensor', 'again in', sharded({ a: A, b: B }, ['a', 'b'], ['b'])],
    [
      'NameCollision',
      'the same tensor',
      sharded({ 'model.visual.x': A, 'visual.x': B }, ['model.visual.x'], ['visual.x']),
    ],
    ['InvalidShardName', '../x.safetensors', sharded({ a: '../x.safetensors' }, ['a'], ['b'])],
    ['InvalidShardName', 'C:x.safetensors', sharded({ a: 'C:x.safetensors' }, ['a'], ['b'])],
    ['InvalidShardName', 'sub', sharded({ a: 'sub\\x.safetensors' }, ['a'], ['b'])],
    ['InvalidShardName', 'passwd', sharded({ a: '/etc/passwd' }, ['a'], ['b'])],
    ['InvalidShardName', '..safetensors', sharded({ a: '..safetensors' }, ['a'], ['b'])],
    ['InvalidIndex', 'weight_map', folder({ [INDEX_FILE]: '{}' })],
    ['InvalidIndex', 'weight_map', folder({ [INDEX_FILE]: index([]) })],
    ['InvalidIndex', 'no tensor', folder({ [INDEX_FILE]: index({}) })],
    ['InvalidIndex', 'file name', folder({ [INDEX_FILE]: index({ a: 1 }) })],
    ['InvalidJson', INDEX_FILE, folder({ [INDEX_FILE]: '' })],
    ['DuplicateKey', 'a', folder({ [INDEX_FILE]: `{"weight_map":{"a":"${A}","a":"${B}"}}` })],
    ['IndexMissing', INDEX_FILE, folder({ [A]: weights({ a: [1] }) })],
    ['AmbiguousWeights', 'x.safetensors', folder({ 'x.safetensors': '', 'y.safetensors': '' })],
    ['UnsupportedWeights', 'save_pretrained', folder({ 'pytorch_model.bin': '', 'config.json': '{}' })],
    ['AdapterOnly', 'merge', folder({ 'adapter_model.safetensors': weights({ a: [1] }) })],
    ['NoWeights', 'config.json', folder({ 'config.json': '{}' })],
    ['NoWeights', '0 files', folder({})],
    ['FileTooShort', A, folder({ [INDEX_FILE]: index({ a: A }), [A]: '' })],
  ])('throws %s, saying %s', async (name, words, files) => {
    const error = await failureOf(openCheckpoint(files));
    expect(error.name).toBe(name);
    expect(error.message).toContain(words);
    expect(error.remedy).not.toBe('');
  });

  it('tells of every file with weights that it does not use', async () => {
    const file = weights({ a: [1] });
    const both = await openCheckpoint(
      folder({
        'model.safetensors': file,
        [INDEX_FILE]: index({ a: A }),
        [A]: file,
        'optimizer.pt': '',
        'x.txt': '',
      }),
    );
    expect(both.weightFiles).toEqual(['model.safetensors']);
    expect(both.notices).toEqual([
      {
        file: 'model.safetensors',
        text: `taken for the model's weights, as transformers does; not used: ${A}, ${INDEX_FILE}; if the shards are newer, move model.safetensors out of the folder`,
      },
      { file: 'optimizer.pt', text: 'training state: not used' },
    ]);
    const renamed = await openCheckpoint(
      folder({ 'merged.safetensors': file, 'adapter_model.safetensors': file }),
    );
    expect(renamed.weightFiles).toEqual(['merged.safetensors']);
    expect(renamed.notices.map(({ file: name }) => name)).toEqual([
      'merged.safetensors',
      'adapter_model.safetensors',
    ]);
  });

  it('tells of what index and shards say differently, as long as no weight of the model is missing', async () => {
    const told = async (files: CheckpointFiles): Promise<string[]> =>
      (await openCheckpoint(files)).notices.map(({ text }) => text);
    const norm = 'model.norm.weight';
    expect(await told(sharded({ a: A, b: B, gone: B }, ['a'], ['b']))).toEqual([
      'it lists gone, which no shard holds: not needed',
    ]);
    expect(await told(sharded({ a: A, b: B }, ['a'], ['b', 'stray']))).toEqual([
      'it does not list stray, which lies in a shard: no part of the model',
    ]);
    expect(await told(sharded({ a: A, b: A, c: B }, ['a'], ['b', 'c']))).toEqual([
      'b: not in the shard it says; read from the shard that holds it',
    ]);
    expect(await told(sharded({ a: A, b: B }, ['a'], ['b', norm]))).toEqual([
      `it does not list ${norm}: read all the same, as transformers 5 does; 4.x leaves it untrained`,
    ]);
  });

  it('says which file changed or went away after it was opened', async () => {
    const checkpoint = await openCheckpoint(folder({ 'model.safetensors': weights({ a: [1, 2] }) }));
    const shorter = { ...source(new Uint8Array(4)), slice: () => new Blob([new Uint8Array(4)]) };
    const changed = new Map([['model.safetensors', shorter]]);
    const error = await failureOf(readTensorBytes({ files: changed }, entry(checkpoint, 'a')));
    expect(error).toMatchObject({ name: 'FileChanged', place: { file: 'model.safetensors', tensor: 'a' } });

    const notReadable = new DOMException('gone', 'NotReadableError');
    const gone = { name: 'x', size: 9, slice: () => ({ arrayBuffer: () => Promise.reject(notReadable) }) };
    const unreadable = readTensorBytes(
      { files: new Map([['model.safetensors', gone]]) },
      entry(checkpoint, 'a'),
    );
    expect(await failureOf(unreadable)).toMatchObject({ name: 'FileUnreadable', cause: notReadable });
  });

  it('stops when cancelled, and reports each file until then', async () => {
    const { files, count } = sparseCheckpoint(qwenTensors(SHAPE_3B), 8);
    const controller = new AbortController();
    const progress: number[] = [];
    const opening = openCheckpoint(files, {
      signal: controller.signal,
      onProgress: ({ filesDone, filesTotal }) => {
        expect(filesTotal).toBe(8);
        progress.push(filesDone);
        if (filesDone === 2) controller.abort();
      },
    });
    expect((await failureOf(opening)).name).toBe('Cancelled');
    expect(progress.slice(0, 2)).toEqual([1, 2]);
    expect(count.reads).toBeLessThan(16);
  });
});

describe('fingerprint', () => {
  const fingerprintOf = async (files: CheckpointFiles): Promise<string> =>
    (await openCheckpoint(files)).fingerprint;
  const values = Array.from({ length: 5000 }, (_, index) => index);

  it('is the same for the same contents, and SHA-256 in hex', async () => {
    const make = (): CheckpointFiles => folder({ 'model.safetensors': weights({ a: values, b: values }) });
    expect(await fingerprintOf(make())).toBe(await fingerprintOf(make()));
    expect(await fingerprintOf(make())).toMatch(/^[0-9a-f]{64}$/);
  });

  it('tells apart checkpoints with identical headers, by weights of any one tensor', async () => {
    const changed = values.toSpliced(2500, 1, -1);
    const variants = [
      { a: values, b: values },
      { a: changed, b: values },
      { a: values, b: changed },
    ];
    const prints = variants.map((vectors) =>
      fingerprintOf(folder({ 'model.safetensors': weights(vectors) })),
    );
    expect(new Set(await Promise.all(prints)).size).toBe(3);
  });

  it('covers the config', async () => {
    const file = weights({ a: [1] });
    const plain = await fingerprintOf(folder({ 'model.safetensors': file, 'config.json': '{}' }));
    expect(await fingerprintOf(folder({ 'model.safetensors': file, 'config.json': '{ }' }))).not.toBe(plain);
    expect(
      await fingerprintOf(folder({ 'model.safetensors': file, 'README.md': 'x', 'config.json': '{}' })),
    ).toBe(plain);
  });
});

describe('a 7B checkpoint', () => {
  it('opens in five shards of 16 GB, reading megabytes and holding less', async () => {
    const { files, count, bytes } = sparseCheckpoint(qwenTensors(SHAPE_7B), 5);
    // 8 292 166 656 parameters, as the model card's weights add up.
    expect(bytes).toBeGreaterThan(16.5e9);
    await openCheckpoint(files);
    count.bytes = 0;
    count.reads = 0;
    const heapBefore = process.memoryUsage().heapUsed;
    const before = process.cpuUsage();
    const checkpoint = await openCheckpoint(files);
    const { user, system } = process.cpuUsage(before);
    const grown = process.memoryUsage().heapUsed - heapBefore;

    expect(checkpoint.tensors.size).toBe(729);
    expect(checkpoint.bytes).toBe(2 * 8_292_166_656);
    expect(checkpoint.spots).toBe(6737);
    expect(count.reads).toBe(2 * 5 + 6737);
    expect(count.bytes).toBeLessThan(28e6);
    expect((user + system) / 1e6).toBeLessThan(5);
    expect(grown).toBeLessThan(32e6);
  });

  it('has another fingerprint when its weights differ and nothing else', async () => {
    const base = await openCheckpoint(sparseCheckpoint(qwenTensors(SHAPE_3B), 2, 0).files);
    const tuned = await openCheckpoint(sparseCheckpoint(qwenTensors(SHAPE_3B), 2, 1).files);
    expect([...tuned.tensors.keys()]).toEqual([...base.tensors.keys()]);
    expect(tuned.fingerprint).not.toBe(base.fingerprint);
  });
});
