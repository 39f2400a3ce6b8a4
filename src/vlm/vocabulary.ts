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

/** A token with another id in the other vocabulary, or an id with another token. */
export type Contradiction =
  | { readonly token: string; readonly a: number; readonly b: number }
  | { readonly id: number; readonly a: string; readonly b: string };

export interface VocabularyDifference {
  /** The first that means two things; null where the two can be read together. */
  readonly contradiction: Contradiction | null;
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

/** How two vocabularies differ. */
export function compareVocabularies(a: Vocabulary, b: Vocabulary): VocabularyDifference {
  // Checkpoints of a family often share one.
  if (a === b) return { contradiction: null, onlyA: [], onlyB: [] };
  const onlyA = [...a.keys()].filter((token) => !b.has(token));
  const onlyB = [...b.keys()].filter((token) => !a.has(token));
  return { contradiction: contradictionOf(a, b, onlyA, onlyB), onlyA, onlyB };
}

function contradictionOf(
  a: Vocabulary,
  b: Vocabulary,
  onlyA: readonly string[],
  onlyB: readonly string[],
): Contradiction | null {
  for (const [token, id] of a) {
    const other = b.get(token);
    if (other !== undefined && other !== id) return { token, a: id, b: other };
  }
  // Tokens of both have one id each, so that an id with two tokens is one of a token that only one of the two has.
  for (const [some, own, other, order] of [
    [onlyB, b, a, (mine: string, theirs: string) => ({ a: theirs, b: mine })],
    [onlyA, a, b, (mine: string, theirs: string) => ({ a: mine, b: theirs })],
  ] as const) {
    if (some.length === 0) continue;
    const tokens = new Map([...other].map(([token, id]) => [id, token]));
    for (const token of some) {
      const id = own.get(token) as number;
      const taken = tokens.get(id);
      if (taken !== undefined) return { id, ...order(token, taken) };
    }
  }
  return null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
