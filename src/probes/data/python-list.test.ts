import { describe, expect, it } from 'vitest';
import { parseTextList } from './python-list.ts';

describe('a list printed as text', () => {
  it.each(['"', "'"])('may hold a picture of 15 MB between %s', (quote) => {
    const picture = 'A'.repeat(20_000_000);
    const found = parseTextList(`[${quote}${picture}${quote}, ${quote}\\${quote}b\\\\${quote}]`);
    expect(found?.map(({ length }) => length)).toEqual([picture.length, 3]);
    expect(found?.[1]).toBe(`${quote}b\\`);
  });
});
