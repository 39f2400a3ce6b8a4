import { describe, expect, test } from 'vitest';
import { MOST_PARTS, shardOf } from './shard.mjs';

describe('a part by its number', () => {
  test.each(['1/1', '2/4', `${MOST_PARTS}/${MOST_PARTS}`])('%s', (text) => {
    expect(shardOf(text, {})).toBe(text);
  });

  test.each([
    '5/4',
    '1/0',
    '0/4',
    `1/${MOST_PARTS + 1}`,
    '1/100001',
    '1/9999999999',
    '1/4/2',
    '-1/4',
    '1.5/4',
    '',
  ])('%j is refused by name', (text) => {
    expect(() => shardOf(text, {})).toThrow(
      expect.objectContaining({ name: 'BadValue', message: expect.stringContaining(`"${text}"`) as string }),
    );
  });
});

describe('auto', () => {
  const slurm = (id: number, count: number, first: number, step?: number) => ({
    SLURM_ARRAY_TASK_ID: String(id),
    SLURM_ARRAY_TASK_COUNT: String(count),
    SLURM_ARRAY_TASK_MIN: String(first),
    ...(step === undefined ? {} : { SLURM_ARRAY_TASK_STEP: String(step) }),
  });

  test.each([
    ['SLURM from 0', slurm(0, 4, 0), '1/4'],
    ['SLURM from 0, the last', slurm(3, 4, 0), '4/4'],
    ['SLURM from 1', slurm(4, 4, 1), '4/4'],
    ['SLURM in steps', slurm(9, 4, 3, 2), '4/4'],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '3' }, '1/3'],
    ['Kubernetes by a count of ours', { JOB_COMPLETION_INDEX: '2', PARTS: '3' }, '3/3'],
    ['what says it outright, before all others', { ...slurm(0, 4, 0), FRANKENSCOPE_SHARD: '2/7' }, '2/7'],
  ])('reads %s', (_, env, shard) => {
    expect(shardOf('auto', env)).toBe(shard);
  });

  test.each([
    ['nothing', {}, 'NoShard', 'SLURM_ARRAY_TASK_ID'],
    ['an id alone', { SLURM_ARRAY_TASK_ID: '1' }, 'NoShard', 'SLURM_ARRAY_TASK_COUNT is not set'],
    ['an index alone', { JOB_COMPLETION_INDEX: '1' }, 'NoShard', 'PARTS is not set'],
    ['an id between steps', slurm(4, 4, 3, 2), 'BadValue', '4 of 4 from 3 in steps of 2'],
    ['an id below the first', slurm(0, 4, 1), 'BadValue', 'SLURM_ARRAY_TASK_ID'],
    ['steps of nothing', slurm(1, 4, 1, 0), 'BadValue', 'steps of 0'],
    ['an index beyond the count', { JOB_COMPLETION_INDEX: '3', PARTS: '3' }, 'BadValue', '3 of 3 from 0'],
    ['no number', { JOB_COMPLETION_INDEX: 'x', PARTS: '3' }, 'BadValue', '"x" is no count'],
    ['a bad part', { FRANKENSCOPE_SHARD: '3/2' }, 'BadValue', 'FRANKENSCOPE_SHARD'],
  ])('refuses %s by name', (_, env, name, message) => {
    expect(() => shardOf('auto', env)).toThrow(
      expect.objectContaining({ name, message: expect.stringContaining(message) as string }),
    );
  });
});
