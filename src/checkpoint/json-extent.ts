import { MAX_JSON_DEPTH, MAX_JSON_VALUES, overLimit } from './limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Refuses JSON that nests deeper than any reader after `JSON.parse`, which has no stack of its own, could follow, or that has more
 * values than anybody would wait for.
 *
 * @throws NamedError `OverLimit`
 */
export function checkJsonExtent(text: string, file: string): void {
  const beyond = beyondLimit(text, MAX_JSON_VALUES);
  if (beyond === null) return;
  const [what, limit] =
    beyond === 'depth'
      ? (['objects and lists within one another', MAX_JSON_DEPTH] as const)
      : (['values of its JSON', MAX_JSON_VALUES] as const);
  throw overLimit(what, `${limit + 1} or more`, limit, { file });
}

/** Whether JSON has more than `MAX_JSON_DEPTH` objects and lists within one another. Long strings cost next to nothing. */
export function nestsTooDeep(text: string): boolean {
  return beyondLimit(text, Infinity) === 'depth';
}

function beyondLimit(text: string, maxValues: number): 'depth' | 'values' | null {
  let [depth, values] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      if (at < 0) return null;
    }
    // [ ] and { } differ from each other in one bit.
    else if ((code | 0x20) === 0x7b) {
      depth += 1;
      values += 1;
      if (depth > MAX_JSON_DEPTH) return 'depth';
    } else if ((code | 0x20) === 0x7d) depth -= 1;
    else if (code === COMMA) values += 1;
    if (values > maxValues) return 'values';
  }
  return null;
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
