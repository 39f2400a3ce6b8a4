import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textStream } from './text-stream.ts';

/** One token per byte, as byte-level BPE falls back to. */
const decode = (tokens: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(tokens));
const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];

describe('textStream', () => {
  test('prints a character when it is complete', () => {
    const stream = textStream(decode);
    expect(bytes('aé😀b').map((token) => stream.push(token))).toEqual(['a', '', 'é', '', '', '', '😀', 'b']);
    expect(stream.flush()).toBe('');
  });

  test('a broken character is printed once it cannot be completed', () => {
    const stream = textStream(decode);
    expect([0xf0, 0x9f, 0x41].map((token) => stream.push(token))).toEqual(['', '', '\uFFFDA']);
    expect(stream.push(0xe2)).toBe('');
    expect(stream.flush()).toBe('\uFFFD');
  });

  test('pieces join to the whole text, whatever the bytes', () => {
    const token = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...bytes('é中😀')));
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        const stream = textStream(decode);
        expect(tokens.map((t) => stream.push(t)).join('') + stream.flush()).toBe(decode(tokens));
      }),
    );
  });
});
