/**
 * What stands between `<name>` and the next `</name>`, whatever the case, one after another; a tag within is text, one that
 * never closes is none. In one pass: a pattern looks for the end again from every tag.
 */
export function* tagged(text: string, name: 'answer' | 'think'): Generator<string> {
  let start: number | undefined;
  for (const { 0: tag, index } of text.matchAll(TAGS[name])) {
    if (tag.startsWith('</')) {
      if (start !== undefined) yield text.slice(start, index);
      start = undefined;
    } else start ??= index + tag.length;
  }
}

const TAGS = { answer: /<\/?answer>/gi, think: /<\/?think>/gi } as const;

/** What the tag holds that a text ends with, from its last `<answer>` on; undefined where it ends with none. */
export function taggedAtEnd(text: string): string | undefined {
  const trimmed = text.trimEnd();
  if (!/<\/answer>$/i.test(trimmed)) return undefined;
  const open = [...trimmed.matchAll(/<answer>/gi)].at(-1);
  return open && trimmed.slice(open.index + open[0].length, -'</answer>'.length);
}
