import { describe, expect, it } from 'vitest';
import { loadedText, plannedText } from './stored-text.ts';

describe('what is said of quantized tensors', () => {
  it.each([
    [{ q4: 196, q8: 0, other: 0 }, 'q4', '196 quantized tensors: loaded as stored, code for code.'],
    [{ q4: 196, q8: 0, other: 0 }, 'q8', '196 quantized tensors: decoded, then rounded to q8.'],
    [{ q4: 196, q8: 0, other: 0 }, 'f32', '196 quantized tensors: decoded exactly.'],
    [
      { q4: 12, q8: 1, other: 2 },
      'q4',
      '15 quantized tensors: 12 loaded as stored, code for code; 3 decoded, then rounded to q4.',
    ],
    [{ q4: 0, q8: 0, other: 1 }, 'f16', '1 quantized tensor: decoded, then rounded to f16.'],
  ] as const)('of %o in %s before loading', (blocks, dtype, text) => {
    expect(plannedText(blocks, dtype)).toBe(text);
  });

  it('after loading', () => {
    expect(loadedText({ asStored: 14, decoded: 0 }, 'q4')).toBe('14 as stored, code for code');
    expect(loadedText({ asStored: 12, decoded: 2 }, 'q4')).toBe(
      '12 as stored, code for code; 2 decoded and rounded to q4',
    );
    expect(loadedText({ asStored: 0, decoded: 14 }, 'f32')).toBe('14 decoded exactly');
  });
});
