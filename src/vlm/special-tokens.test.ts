import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { HUB_3B } from './testing/hub-config.ts';

/** Which end tokens `generate` of transformers 5.24.0 used was seen by running it on a folder of each kind. */
describe('end tokens', () => {
  const { eos_token_id, ...none } = HUB_3B;
  const BEYOND = Array.from({ length: 10_000 }, (_, n) => 200_000 + n);
  test.each([
    ['config.json alone', HUB_3B, undefined, [eos_token_id], null],
    ['generation_config.json alone', none, { eos_token_id: 151645 }, [151645], null],
    ['both: generation_config.json', HUB_3B, { eos_token_id: [151643, 151645] }, [151643, 151645], null],
    ['text_config alone', { ...none, text_config: HUB_3B }, undefined, [151645], null],
    ['root and text_config: root', { ...HUB_3B, eos_token_id: 7, text_config: HUB_3B }, undefined, [7], null],
    ['nowhere', none, undefined, [], 'token limit'],
    ['null everywhere', { ...none, eos_token_id: null }, { eos_token_id: null }, [], 'token limit'],
    ['an empty list', none, { eos_token_id: [] }, [], 'token limit'],
    ['not in generation_config.json', HUB_3B, { do_sample: false }, [151645], 'transformers goes on'],
    [
      'beyond the vocabulary',
      { ...HUB_3B, eos_token_id: 151999 },
      undefined,
      [151999],
      'beyond the vocabulary',
    ],
    [
      'many beyond the vocabulary',
      HUB_3B,
      { eos_token_id: BEYOND },
      BEYOND,
      'The end token 200000, 200001, 200002, 200003, 200004 and 9995 more is beyond',
    ],
  ])('%s', (_, json, generation, eos, notice) => {
    const read = readConfig(json, 'config.json', generation);
    expect(read.config.tokens.eos).toEqual(eos);
    expect(read.notices).toEqual(notice === null ? [] : [expect.stringContaining(notice)]);
  });
});
