/** Turns tokens into text as they come. The pieces, joined, are the text of all tokens decoded at once. */
export interface TextStream {
  /** The text that this token completes; empty while a character still lacks bytes. */
  push(token: number): string;
  /** Whatever is left at the end, with U+FFFD where bytes are missing. */
  flush(): string;
}

const REPLACEMENT = '\uFFFD';

/**
 * Streams text whose characters may be spread over several tokens. Of a decoded text only a U+FFFD at its very end
 * can still change: there the bytes of one character may be incomplete. The tokens printed last are decoded again with the
 * new ones, because a decoder may write a token otherwise at the beginning of a text.
 */
export function textStream(decode: (tokens: readonly number[]) => string): TextStream {
  let context: readonly number[] = [];
  let pending: number[] = [];
  let printed = 0;
  const print = (text: string, settled: boolean): string => {
    const piece = text.slice(printed);
    printed = text.length;
    if (settled) {
      printed = decode(pending).length;
      context = pending;
      pending = [];
    }
    return piece;
  };
  return {
    push(token) {
      pending.push(token);
      const text = decode([...context, ...pending]);
      return text.endsWith(REPLACEMENT) ? print(text.slice(0, -1), false) : print(text, true);
    },
    flush: () => (pending.length === 0 ? '' : print(decode([...context, ...pending]), true)),
  };
}
