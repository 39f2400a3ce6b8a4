import { expect, test } from 'vitest';
import { guessRole } from './slot-guess.ts';

test.each([
  ['Qwen2.5-VL-7B-Instruct', 'base'],
  ['Qwen2.5-VL-3B-Base', 'base'],
  ['OpenMMReasoner-ColdStart', 'in'],
  ['Revisual-R1-Coldstart', 'in'],
  ['MMR1-7B-SFT', 'in'],
  ['Frankenstein-IN', 'in'],
  ['OpenMMReasoner-RL', 'rl'],
  ['Revisual-R1-final', 'rl'],
  ['MMR1-7B-RL', 'rl'],
  ['Qwen2.5-VL-7B-Instruct-GRPO', 'rl'],
  ['my-sft-grpo-run', 'rl'],
  ['rl', 'rl'],
  ['world-model', null],
  ['training-3', null],
  ['Qwen2.5-VL-7B', null],
] as const)('%s goes to %s', (name, role) => expect(guessRole(name)).toBe(role));
