import { describe, expect, it } from 'vitest';
import { checksum } from './checksum.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('checksum', () => {
  // Published MurmurHash3_x86_32 values at seed 0; the lengths leave none, one and three bytes past the last word.
  it.each([
    ['', 0],
    ['test', 0xba6bd213],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ])('of %j is MurmurHash3', (text, expected) => {
    expect(checksum(ascii(text))).toBe(expected);
  });

  it('does not depend on where in its buffer the bytes lie', () => {
    expect(checksum(ascii('xHello, world!').subarray(1))).toBe(0xc0363e43);
  });
});
