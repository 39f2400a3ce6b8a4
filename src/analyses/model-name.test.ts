import { describe, expect, test } from 'vitest';
import { freeName, LONGEST_NAME, nameFrom } from './model-name.ts';

describe('the name of a further checkpoint', () => {
  test.each([
    ['demo:rl-frozen-early', 'rl-frozen-early'],
    ['org/X-RL-Frozen', 'X-RL-Frozen'],
    ['Qwen2.5-VL-7B-RL-Frozen-Early', '7B-RL-Frozen-Early'],
    ['OpenMMReasoner_RL_frozen_mid', 'RL_frozen_mid'],
    ['averyveryverylongfoldername', 'ryverylongfoldername'],
    ['', ''],
  ])('%s is called %s', (folder, name) => {
    expect(nameFrom(folder)).toBe(name);
    expect(name.length).toBeLessThanOrEqual(LONGEST_NAME);
  });

  test('keeps clear of names in use, of colons and of nothing at all', () => {
    expect(freeName('late', ['Base', 'IN'], 'M4')).toBe('late');
    expect(freeName('in', ['Base', 'IN', 'in 2'], 'M4')).toBe('in 3');
    expect(freeName(' a:b\n', [], 'M4')).toBe('a b');
    expect(freeName(' : ', [], 'M4')).toBe('M4');
    expect(freeName('x'.repeat(40), [], 'M4')).toHaveLength(LONGEST_NAME);
  });
});
