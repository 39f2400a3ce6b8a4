/** What a tokenizer.json means, apart from how it is written. */

/** Token id by token, base vocabulary and added tokens together. */
export type Vocabulary = ReadonlyMap<string, number>;

/** Reads the vocabulary of a parsed tokenizer.json; parts it does not have count as empty. */
export function readVocabulary(tokenizer: unknown): Vocabulary {
  const tokens = new Map<string, number>();
  const vocabulary = field(field(tokenizer, 'model'), 'vocab');
  if (typeof vocabulary === 'object' && vocabulary !== null) {
    for (const [token, id] of Object.entries(vocabulary)) if (typeof id === 'number') tokens.set(token, id);
  }
  const added = field(tokenizer, 'added_tokens');
  if (!Array.isArray(added)) return tokens;
  for (const token of added as unknown[]) {
    const [content, id] = [field(token, 'content'), field(token, 'id')];
    if (typeof content === 'string' && typeof id === 'number') tokens.set(content, id);
  }
  return tokens;
}

/** The first token that means something else in `b`, with both ids; null when all mean the same. */
export function vocabularyDifference(
  a: Vocabulary,
  b: Vocabulary,
): { readonly token: string; readonly a: number | undefined; readonly b: number | undefined } | null {
  for (const token of [...a.keys(), ...b.keys()]) {
    if (a.get(token) !== b.get(token)) return { token, a: a.get(token), b: b.get(token) };
  }
  return null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
