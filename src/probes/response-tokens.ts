/** Which tokens of a response are looked at. */

/** Indices of the tokens within `<think>…</think>`, the tags left out; an unclosed tag reaches to the end. */
export function thinkTokens(pieces: readonly string[]): readonly number[] {
  const text = pieces.join('');
  const open = text.indexOf('<think>');
  if (open < 0) return [];
  const from = open + '<think>'.length;
  const close = text.indexOf('</think>', from);
  return within(pieces, from, close < 0 ? text.length : close);
}

/**
 * Index of the first token of the answer: after the last `<answer>`, else after the last `</think>`, else of the
 * response; white space is passed over. null where nothing follows.
 */
export function answerToken(pieces: readonly string[]): number | null {
  const text = pieces.join('');
  const ends = ['<answer>', '</think>'].map((tag) => [text.lastIndexOf(tag), tag.length] as const);
  const [at, length] = ends.find(([found]) => found >= 0) ?? [0, 0];
  return within(pieces, at + length, text.length).find((index) => pieces[index]?.trim() !== '') ?? null;
}

/** Tokens that begin in `[from, to)` of the text and add to it. */
function within(pieces: readonly string[], from: number, to: number): readonly number[] {
  const found: number[] = [];
  let at = 0;
  pieces.forEach((piece, index) => {
    if (piece !== '' && at >= from && at < to) found.push(index);
    at += piece.length;
  });
  return found;
}
