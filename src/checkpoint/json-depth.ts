import { MAX_JSON_DEPTH, overLimit } from './limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Refuses JSON that nests deeper than any reader after `JSON.parse`, which has no stack of its own, could follow.
 *
 * @throws NamedError `OverLimit`
 */
export function checkJsonDepth(text: string, file: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    // [ ] and { } differ from each other in one bit.
    else if ((code | 0x20) === 0x7b) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH)
        throw overLimit('objects and lists within one another', `${depth} or more`, MAX_JSON_DEPTH, { file });
    } else if ((code | 0x20) === 0x7d) depth -= 1;
  }
}
