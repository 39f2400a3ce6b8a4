/**
 * A list of texts as Python or JSON prints it, `['a', "b's"]`: tables hold lists so (VLMEvalKit, MMMU). Undefined for anything
 * else.
 */
export function parseTextList(text: string): readonly string[] | undefined {
  const inner = /^\s*\[([\s\S]*)\]\s*$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const found: string[] = [];
  const item = /\s*(?:'([^'\\]*(?:\\[\s\S][^'\\]*)*)'|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|([-+\w.]+))\s*(,|$)/y;
  while (item.lastIndex < inner.length) {
    if (inner.slice(item.lastIndex).trim() === '') break;
    const match = item.exec(inner);
    if (!match) return undefined;
    found.push(match[3] ?? unescaped(match[1] ?? match[2] ?? ''));
  }
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Python's and JSON's escapes; one that neither knows stays as it is, as in Python. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|([\s\S]))/gi, (whole, four, two, one: string) => {
    const code: unknown = four ?? two;
    if (typeof code === 'string') return String.fromCharCode(parseInt(code, 16));
    if (one === '\n') return '';
    return ESCAPES[one] ?? (/['"\\/]/.test(one) ? one : whole);
  });
}
