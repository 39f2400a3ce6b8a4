import { describe, expect, it } from 'vitest';
import { answerToken, thinkTokens } from './response-tokens.ts';

const PIECES = ['<think>', 'I', ' see', '', ' it', '</think>', '\n', '<answer>', ' ', '5', '</answer>'];

describe('tokens within <think>', () => {
  it('are those between the tags; one that waited for its character is left out', () => {
    expect(thinkTokens(PIECES)).toEqual([1, 2, 4]);
  });
  it('reach to the end where the tag stays open, and are none without a tag', () => {
    expect(thinkTokens(PIECES.slice(0, 3))).toEqual([1, 2]);
    expect(thinkTokens(['5'])).toEqual([]);
  });
  it('are found where tags are cut into several tokens', () => {
    expect(thinkTokens(['<th', 'ink>', 'a', 'b', '</', 'think>'])).toEqual([2, 3]);
  });
});

describe('the answer’s first token', () => {
  it('follows the answer tag, else the thought, else is the first', () => {
    expect(answerToken(PIECES)).toBe(9);
    expect(answerToken(['<think>', 'a', '</think>', '\n', 'Yes'])).toBe(4);
    expect(answerToken([' ', 'No'])).toBe(1);
  });
  it('is none where nothing follows', () => {
    expect(answerToken(['<answer>', '\n'])).toBeNull();
    expect(answerToken([])).toBeNull();
  });
});
