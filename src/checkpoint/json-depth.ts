import { MAX_JSON_DEPTH, overLimit } from './limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Refuses JSON that nests deeper than any reader after `JSON.parse`, which has no stack of its own, could follow.
 *
 * @throws NamedError `OverLimit`
 */
export function checkJsonDepth(text: string, file: string): void {
  if (!nestsTooDeep(text)) return;
  const found = `${MAX_JSON_DEPTH + 1} or more`;
  throw overLimit('objects and lists within one another', found, MAX_JSON_DEPTH, { file });
}

/** Whether JSON has more than `MAX_JSON_DEPTH` objects and lists within one another. Long strings cost next to nothing. */
export function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      if (at < 0) return false;
    }
    // [ ] and { } differ from each other in one bit.
    else if ((code | 0x20) === 0x7b) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if ((code | 0x20) === 0x7d) depth -= 1;
  }
  return false;
}

/** Where the string ends that begins with this quote; -1 where it does not. */
function stringEnd(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let before = close;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((close - before) % 2 === 0) return close;
  }
  return -1;
}
