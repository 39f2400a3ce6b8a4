import { describe, expect, it } from 'vitest';
import { NamedError } from '../named-error.ts';
import type { Drop } from './dropped-folders.ts';
import { foldersOf } from './dropped-folders.ts';
import { source } from './testing/files.ts';

const drop = (...paths: string[]): Drop =>
  foldersOf(paths.map((path) => ({ path, source: source('', path) })));
const contents = ({ folders }: Drop): Record<string, string[]> =>
  Object.fromEntries(folders.map(({ name, files }) => [name, [...files.keys()]]));

describe('foldersOf', () => {
  it('strips the folder that was dropped', () => {
    expect(contents(drop('qwen/config.json', 'qwen/model.safetensors'))).toEqual({
      qwen: ['config.json', 'model.safetensors'],
    });
  });

  it('takes loose files as one checkpoint', () => {
    expect(contents(drop('config.json', './model.safetensors'))).toEqual({
      '': ['config.json', 'model.safetensors'],
    });
  });

  it('fills a slot for each of several checkpoints, wherever they lie', () => {
    const several = drop(
      'family/base/config.json',
      'family/base/model.safetensors.index.json',
      'family/rl/model.safetensors',
      'family\\in\\model.safetensors',
      'family/README.md',
    );
    expect(contents(several)).toEqual({
      base: ['config.json', 'model.safetensors.index.json'],
      in: ['model.safetensors'],
      rl: ['model.safetensors'],
    });
    expect(several.unrelated).toEqual([
      { path: 'family/README.md', reason: 'outside every checkpoint folder' },
    ]);
  });

  it('leaves a training run whole, intermediate checkpoints below it included', () => {
    expect(contents(drop('run/model.safetensors', 'run/checkpoint-500/model.safetensors'))).toEqual({
      run: ['model.safetensors', 'checkpoint-500/model.safetensors'],
    });
  });

  it('sets hidden files and unfinished downloads aside', () => {
    const { folders, unrelated } = drop(
      'm/.git/config',
      'm/.DS_Store',
      'm/model.safetensors',
      'm/b.safetensors.part',
    );
    expect(folders.map(({ files }) => [...files.keys()])).toEqual([['model.safetensors']]);
    expect(unrelated.map(({ reason }) => reason)).toEqual(['hidden', 'hidden', 'an unfinished download']);
  });

  it('reads the owner and name of a model from the hub cache', () => {
    const path = 'hub/models--Qwen--Qwen2.5-VL-3B-Instruct/snapshots/66285546d2b821cf/model.safetensors';
    expect(contents(drop(path))).toEqual({ 'Qwen/Qwen2.5-VL-3B-Instruct': ['model.safetensors'] });
  });

  it('returns a folder without weights too, so that opening it can say what is missing', () => {
    expect(contents(drop('m/config.json', 'm/sub/notes.txt'))).toEqual({
      m: ['config.json', 'sub/notes.txt'],
    });
    expect(contents(drop('m/cat.png'))).toEqual({ m: ['cat.png'] });
    expect(drop().folders).toEqual([]);
  });

  it('keeps shards of training together with the config beside or below them', () => {
    const actor = ['actor/model_world_size_1_rank_0.pt', 'actor/huggingface/config.json'];
    expect(contents(drop(...actor))).toEqual({
      actor: ['model_world_size_1_rank_0.pt', 'huggingface/config.json'],
    });
    const zero = ['zero/config.json', 'zero/latest', 'zero/global_step1/mp_rank_00_model_states.pt'];
    expect(contents(drop(...zero))).toEqual({
      zero: ['config.json', 'latest', 'global_step1/mp_rank_00_model_states.pt'],
    });
    expect(contents(drop('m/model.gguf', 'm/README.md'))).toEqual({ m: ['model.gguf', 'README.md'] });
  });

  it('refuses two folders that cannot be told apart', () => {
    expect(() => drop('m/model.safetensors', 'm/model.safetensors')).toThrow(NamedError);
  });
});
