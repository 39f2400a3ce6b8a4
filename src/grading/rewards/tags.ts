/** Tags of a response that the rewards of P2 score. `visual` counts within `think` only. */
export type Tag = 'description' | 'think' | 'rethink' | 'visual' | 'answer';

/** What the first <tag>…</tag> holds, inner tags taken off; undefined where there is none. */
export function inside(response: string, tag: Tag): string | undefined {
  const found = within(response, tag);
  return found === undefined ? undefined : withoutTags(found);
}

/** What the first <tag>…</tag> holds, as it stands. */
export function within(response: string, tag: Tag): string | undefined {
  const [open, close] = [`<${tag}>`, `</${tag}>`];
  const start = response.indexOf(open) + open.length;
  const end = response.indexOf(close, start);
  return start < open.length || end < 0 ? undefined : response.slice(start, end);
}

/** `<…>` as spaces; what never closes stays. */
function withoutTags(text: string): string {
  const parts = text.split('>');
  const last = parts.pop() ?? '';
  const closed = parts.map((part) =>
    part.includes('<') ? `${part.slice(0, part.indexOf('<'))} ` : `${part}>`,
  );
  return closed.join('') + last;
}

/** The text a tag's score is made of. */
export function tagText(response: string, tag: Tag): string | undefined {
  if (tag !== 'visual') return inside(response, tag);
  return inside(within(response, 'think') ?? '', 'visual');
}

/** Sentences, trimmed and in lower case. They end at . ! ? before space, and at line ends; a point within a number ends none. */
export function sentences(text: string): string[] {
  const parts = text.split(/[.!?](?=\s|$)|\n/);
  return parts.map((part) => part.trim().toLowerCase()).filter((part) => part !== '');
}

export interface TagScore {
  readonly unique: number;
  /** Sentences said again, each time. */
  readonly repeated: number;
  /** tanh(unique) − tanh(repeated); 0 without the tag. */
  readonly score: number;
}

/** docs/method.md §9.2: `score(tag) = tanh(#unique sentences) − tanh(#duplicate sentences)`. */
export function tagScore(text: string | undefined): TagScore {
  const said = text === undefined ? [] : sentences(text);
  const unique = new Set(said).size;
  const repeated = said.length - unique;
  return { unique, repeated, score: Math.tanh(unique) - Math.tanh(repeated) };
}
