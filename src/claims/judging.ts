/** How numbers with an interval decide a claim, and the sentences that say them. */
import { evenDecimals } from '../even-decimals.mjs';
import { LEAST } from '../few-items.mjs';
import { evenShares, points } from '../number-text.mjs';
import { rowOfIndex, type LayerRow } from '../layer-index.ts';
import { regionSpans, thirds } from '../regions.ts';
import type { IntervalKind } from '../statistics/interval-kind.ts';
import type { Mean } from '../statistics/mean-interval.ts';
import type { Verdict } from '../verdicts.ts';
import type { Judgement } from './claim.ts';
import type { ClaimWords } from './words.ts';

/** A number that a claim says to be above zero, or below, with its interval over items. */
export interface Contrast {
  /** "Change rate over Early less that over Late". */
  readonly what: string;
  readonly found: Mean;
  readonly kind: IntervalKind;
  readonly form: (value: number) => string;
  /** Of shares. */
  readonly inPoints?: true;
  readonly works: readonly string[];
}

/** The study has not what it takes: why, as a sentence. */
export function notTestable(sentence: string, works: readonly string[] = []): Judgement {
  return { verdict: 'not testable here', sentence, works };
}

/** Supported where the whole interval lies on the side that the claim says, not supported where it lies on the other. */
export function bySide(
  side: 'above' | 'below',
  contrast: Contrast | string,
  { found: say }: ClaimWords,
): Judgement {
  if (typeof contrast === 'string') return notTestable(contrast);
  const { what, found, kind, inPoints = false, works } = contrast;
  const { mean, interval, n } = found;
  if (n < LEAST) return notTestable(say.few(what, n), works);
  const told = interval ? [mean, interval.low, interval.high] : [mean];
  const form = inPoints ? evenShares(told, contrast.form) : evenDecimals(told, contrast.form);
  const value = say.value(form(mean), inPoints);
  if (!interval) return { verdict: 'undecided', sentence: say.bare(what, value, n), works };
  const sentence = say.within(what, value, kind, interval, form, n);
  return { verdict: sideOf(side, interval), sentence, works };
}

function sideOf(
  side: 'above' | 'below',
  { low, high }: { readonly low: number; readonly high: number },
): Verdict {
  const [held, turned] = side === 'above' ? [low > 0, high < 0] : [high < 0, low > 0];
  return held ? 'supported' : turned ? 'not supported' : 'undecided';
}

/** How a difference of shares is said: "+12.5 points". */
export const POINTS = { form: points, inPoints: true } as const;

/** First and last row of each third, the regions that every claim means; null of a model with fewer than three layers. */
export function thirdsOf(
  layers: number,
): Readonly<Record<'early' | 'middle' | 'late', readonly [first: LayerRow, last: LayerRow]>> | null {
  if (layers < 3) return null;
  const rows = regionSpans(thirds(layers), layers).map(
    ({ first, last }) => [rowOfIndex(first), rowOfIndex(last)] as const,
  );
  const [early, middle, late] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];
  return { early, middle, late };
}
