/**
 * What stands in the last complete `\boxed{…}` (or `\fbox{…}`), braces within counted; also `\boxed 5`. An opened box
 * that never closes is no answer: the one before it counts. Undefined where there is none.
 */
export function lastBoxed(text: string): string | undefined {
  const boxes = [...text.matchAll(/\\(?:boxed|fbox)\s*/g)].map(
    ({ 0: command, index }) => index + command.length,
  );
  const closing = boxes.length > 0 ? closingBraces(text) : new Map<number, number>();
  for (const start of boxes.reverse()) {
    const braced = text[start] === '{';
    const end = braced
      ? closing.get(start)
      : start + (/^[^\s$\\.,;]+/.exec(text.slice(start))?.[0].length ?? 0);
    if (end !== undefined && (braced || end > start))
      return text.slice(braced ? start + 1 : start, end).trim();
  }
  return undefined;
}

/** Where each opened brace closes, found in one pass; `{` and `}` behind a backslash are characters. */
function closingBraces(text: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '{') open.push(at);
    else if (text[at] === '}') {
      const start = open.pop();
      if (start !== undefined) closing.set(start, at);
    }
  }
  return closing;
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
