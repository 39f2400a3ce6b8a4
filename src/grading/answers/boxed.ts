/**
 * What stands in the last complete `\boxed{…}` (or `\fbox{…}`), braces within counted; also `\boxed 5`. An opened box
 * that never closes is no answer: the one before it counts. Undefined where there is none.
 */
export function lastBoxed(text: string): string | undefined {
  let found: string | undefined;
  for (const match of text.matchAll(/\\(?:boxed|fbox)\s*/g)) {
    const start = match.index + match[0].length;
    if (text[start] === '{') found = withinBraces(text, start) ?? found;
    else found = /^[^\s$\\.,;]+/.exec(text.slice(start))?.[0] ?? found;
  }
  return found?.trim();
}

/** What the braces that open at `start` hold; `\{` and `\}` are characters, not braces. */
export function withinBraces(text: string, start: number): string | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return text.slice(start + 1, at);
  }
  return undefined;
}
