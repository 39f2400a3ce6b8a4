import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMMANDS, type Command } from './commands.mjs';
import { cacheRemedy } from './hub-cache-messages.mjs';
import { findInputs } from './inputs.mjs';

const [FIRST, SECOND] = ['ab'.repeat(20), 'cd'.repeat(20)];

let hub = '';
beforeEach(() => {
  hub = mkdtempSync(join(tmpdir(), 'frankenscope-'));
});
afterEach(() => rmSync(hub, { recursive: true }));

const given = (path: string) => findInputs(COMMANDS.info as Command, { model: path }).model?.[0];

/** A repository with snapshots of two files, links into its blobs as huggingface_hub makes them. */
function repository(name: string, { commits = [FIRST], main = FIRST } = {}): string {
  const folder = join(hub, name);
  for (const part of ['blobs', 'refs']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'refs', 'main'), `${main}\n`);
  for (const file of ['config.json', 'model.safetensors']) {
    writeFileSync(join(folder, 'blobs', file), '');
    for (const commit of commits) {
      mkdirSync(join(folder, 'snapshots', commit), { recursive: true });
      symlinkSync(join('..', '..', 'blobs', file), join(folder, 'snapshots', commit, file));
    }
  }
  return folder;
}

test('a repository, its parts, its snapshot and a cache of one model mean the snapshot', () => {
  const folder = repository('models--acme--tiny--vl');
  writeFileSync(join(hub, 'version.txt'), '1');
  mkdirSync(join(hub, '.locks'));
  mkdirSync(join(hub, 'datasets--acme--questions'));
  const snapshot = join(folder, 'snapshots', FIRST);
  for (const path of [folder, join(folder, 'blobs'), join(folder, 'snapshots'), snapshot, hub]) {
    expect(given(path)).toEqual({
      name: 'acme/tiny--vl',
      demo: null,
      kind: 'checkpoint',
      paths: ['config.json', 'model.safetensors'],
      files: [join(snapshot, 'config.json'), join(snapshot, 'model.safetensors')],
    });
  }
});

test('of several snapshots the one that refs/main names, else an error that names them all', () => {
  const commits = [FIRST, SECOND];
  const named = repository('models--acme--named', { commits, main: SECOND });
  expect(given(named)?.files[0]).toBe(join(named, 'snapshots', SECOND, 'config.json'));
  const stale = repository('models--acme--stale', { commits, main: 'ef'.repeat(20) });
  expect(() => given(stale)).toThrow(`the cache holds 2 snapshots of acme/stale: ${FIRST}, ${SECOND}`);
  expect(() => given(stale)).toThrow(cacheRemedy('acme/stale'));
  // A snapshot of its own is what it is.
  expect(given(join(stale, 'snapshots', FIRST))?.name).toBe('acme/stale');
});

test('a cache of several models names them, and one without a snapshot says so', () => {
  repository('models--acme--a');
  repository('models--acme--b');
  expect(() => given(hub)).toThrow('is a cache of 2 models: models--acme--a, models--acme--b; --model');
  mkdirSync(join(hub, 'models--acme--c', 'refs'), { recursive: true });
  expect(() => given(join(hub, 'models--acme--c'))).toThrow('the cache holds no snapshot of acme/c');
});

test('links that lead nowhere are named: a snapshot copied without its blobs', () => {
  const folder = repository('models--acme--moved');
  rmSync(join(folder, 'blobs', 'model.safetensors'));
  expect(() => given(folder)).toThrow('a link leads nowhere: model.safetensors; --model');
  expect(() => given(folder)).toThrow(cacheRemedy('acme/moved'));
});

test('Windows keeps files in snapshots; ModelScope and a download to a folder leave hidden ones beside', () => {
  const snapshot = join(hub, 'models--acme--windows', 'snapshots', FIRST);
  const modelscope = join(hub, 'modelscope', 'Qwen2___5-VL');
  for (const folder of [snapshot, modelscope]) {
    mkdirSync(join(folder, '.cache', 'huggingface', 'download'), { recursive: true });
    for (const file of ['config.json', 'model.safetensors', '.msc', '.mdl', '.mv'])
      writeFileSync(join(folder, file), '');
  }
  expect(given(join(hub, 'models--acme--windows'))?.paths).toEqual(['config.json', 'model.safetensors']);
  expect(given(modelscope)).toMatchObject({
    name: 'Qwen2___5-VL',
    paths: ['config.json', 'model.safetensors'],
  });
});
