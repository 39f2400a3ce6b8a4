/** Whether a CSS `unicode-range` ("U+0-FF, U+2212, U+4??") holds a code point. An empty range holds all. */
export function inUnicodeRange(range: string, codePoint: number): boolean {
  if (range.trim() === '') return true;
  return range.split(',').some((part) => {
    const [from = '', to] = part.trim().replace(/^U\+/i, '').split('-');
    const low = Number.parseInt(from.replaceAll('?', '0'), 16);
    const high = Number.parseInt(to ?? from.replaceAll('?', 'F'), 16);
    return codePoint >= low && codePoint <= high;
  });
}
