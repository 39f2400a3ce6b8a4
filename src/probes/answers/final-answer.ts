/**
 * What a response finally says: the last `<answer>…</answer>`, else what follows the last `</think>`, else all of
 * it. An answer tag that was never closed reaches to the end.
 */
export function finalAnswer(response: string): string {
  const tagged = after(response, '<answer>');
  if (tagged !== null) return (tagged.split('</answer>')[0] as string).trim();
  return (after(response, '</think>') ?? response).trim();
}

function after(text: string, tag: string): string | null {
  const at = text.toLowerCase().lastIndexOf(tag);
  return at < 0 ? null : text.slice(at + tag.length);
}
