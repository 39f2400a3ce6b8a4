import type { GeneratedRow, StopReason } from '../../engine/protocol/generation.ts';

/** One answer as it streams in. */
export class Answer {
  tokens = $state<number[]>([]);
  /** Text of each token; a character that spans tokens arrives with the last of them. */
  pieces = $state<string[]>([]);
  /** The whole text once the engine has decoded it in one go. */
  text = $state<string | null>(null);
  stop = $state<StopReason | null>(null);

  push(token: number, text: string): void {
    this.tokens.push(token);
    this.pieces.push(text);
  }

  finish(row: GeneratedRow): void {
    if (row.tokens.length < this.tokens.length) this.pieces.length = row.tokens.length;
    this.tokens = [...row.tokens];
    this.text = row.text;
    this.stop = row.stop;
  }

  /** Pieces where they still spell the text, else the text alone (nothing is marked then). */
  get spelled(): readonly string[] {
    return this.text === null || this.pieces.join('') === this.text ? this.pieces : [this.text];
  }
}

/**
 * Position of the first token in which two answers differ; null where they agree so far. An answer that
 * has ended differs from a longer one at its end.
 */
export function firstDifference(
  a: { readonly tokens: readonly number[]; readonly stop: StopReason | null },
  b: { readonly tokens: readonly number[]; readonly stop: StopReason | null },
): number | null {
  const common = Math.min(a.tokens.length, b.tokens.length);
  for (let i = 0; i < common; i += 1) if (a.tokens[i] !== b.tokens[i]) return i;
  if (a.tokens.length === b.tokens.length) return null;
  const shorter = a.tokens.length < b.tokens.length ? a : b;
  return shorter.stop === null || shorter.stop === 'cancelled' ? null : common;
}
