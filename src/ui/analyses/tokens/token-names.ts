import type { TokensRecord } from '../../../analyses/tokens/difference.ts';
import { textWidth } from '../../charts/marks/text-width.ts';
import { seen } from './seen.ts';

/** The text of a token below its bar. */
interface TokenName {
  readonly index: number;
  readonly text: string;
  /** Middle, pixels. */
  readonly x: number;
}

/** Size of letters, and what is kept free beside a text, at scale 1. */
const SIZE = 12;
const GAP = 8;

/**
 * The tokens that are named below their bars: as many as have room without touching, those that changed most first.
 *
 * @param middle of a token's bar, pixels
 */
export function tokenNames(
  tokens: TokensRecord['tokens'],
  middle: (index: number) => number,
  edges: { readonly left: number; readonly right: number },
  scale: number,
): readonly TokenName[] {
  const all = tokens.map(({ text, klRlIn }, index) => {
    const name = seen(text.trim() || text);
    return { index, text: name, x: middle(index), klRlIn, half: ((textWidth(name, SIZE) + GAP) * scale) / 2 };
  });
  const placed: typeof all = [];
  for (const one of all.toSorted((a, b) => b.klRlIn - a.klRlIn)) {
    const inside = one.x - one.half >= edges.left - GAP && one.x + one.half <= edges.right + GAP;
    if (inside && placed.every(({ x, half }) => Math.abs(x - one.x) >= half + one.half)) placed.push(one);
  }
  return placed.toSorted((a, b) => a.index - b.index);
}
