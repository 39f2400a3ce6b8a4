import { step } from '../steps.ts';

/** Opening signs and what closes them; `\{` is a set's brace. */
const OPENING = new Set(['(', '[', '{', '\\{']);
const CLOSING = new Set([')', ']', '}', '\\}']);

/**
 * Parts of a text between separators that stand outside all brackets. Brackets need not match in kind: [1, 2) is an
 * interval. `separator` is sticky. Commas of thousands (1,000) are no separators at the top level, unless `everyComma`.
 */
export function splitOutside(text: string, separator: RegExp, everyComma = false): string[] {
  step(4 * text.length);
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length;) {
    const sign = text[at] === '\\' ? text.slice(at, at + 2) : text.charAt(at);
    if (OPENING.has(sign)) depth++;
    else if (CLOSING.has(sign)) depth--;
    else if (depth === 0) {
      separator.lastIndex = at;
      const match = separator.exec(text);
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
  if (text[at] !== ',' || !/^\d{3}(?!\d)/.test(text.slice(at + 1, at + 5))) return false;
  for (let end = at; ;) {
    const digits = /\d{1,4}$/.exec(text.slice(Math.max(end - 4, 0), end))?.[0].length ?? 0;
    const before = text.charAt(end - digits - 1);
    if (digits === 0 || digits > 3 || before === '.') return false;
    if (before !== ',') return !(end === at && text.slice(end - digits, end) === '0');
    if (digits < 3) return false;
    end -= 4;
  }
}
