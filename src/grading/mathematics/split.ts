/** Opening signs and what closes them; `\{` is a set's brace. */
const OPENING = new Set(['(', '[', '{', '\\{']);
const CLOSING = new Set([')', ']', '}', '\\}']);

/**
 * Parts of a text between separators that stand outside all brackets. Brackets need not match in kind: [1, 2) is an
 * interval. Commas of thousands (1,000) are no separators at the top level, unless `everyComma`.
 */
export function splitOutside(text: string, separator: RegExp, everyComma = false): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length;) {
    const sign = text[at] === '\\' ? text.slice(at, at + 2) : text.charAt(at);
    if (OPENING.has(sign)) depth++;
    else if (CLOSING.has(sign)) depth--;
    else if (depth === 0) {
      const found = new RegExp(separator.source, 'y');
      found.lastIndex = at;
      const match = found.exec(text);
      if (match && match[0] !== '' && (everyComma || !isThousands(text, at))) {
        parts.push(text.slice(start, at));
        at += match[0].length;
        start = at;
        continue;
      }
    }
    at += sign.length;
  }
  return [...parts, text.slice(start)];
}

/** Whether the comma at `at` groups thousands: 1 to 3 digits before the first, exactly 3 after each, no space. */
function isThousands(text: string, at: number): boolean {
  if (text[at] !== ',') return false;
  const before = /(?:^|[^\d.,])(\d{1,3}(?:,\d{3})*)$/.exec(text.slice(0, at));
  return before !== null && before[1] !== '0' && /^\d{3}(?!\d)/.test(text.slice(at + 1));
}
