/** How numbers with an interval decide a claim, and the sentences that say them. */
import { itemsText, LEAST } from '../few-items.mjs';
import { points, spanText } from '../number-text.mjs';
import { rowOfIndex, type LayerRow } from '../layer-index.ts';
import { regionSpans, thirds } from '../regions.ts';
import { type IntervalKind, intervalName } from '../statistics/interval-kind.ts';
import type { Mean } from '../statistics/mean-interval.ts';
import type { Verdict } from '../verdicts.ts';
import type { Judgement } from './claim.ts';

/** A number that a claim says to be above zero, or below, with its interval over items. */
export interface Contrast {
  /** "Change rate over Early less that over Late". */
  readonly what: string;
  readonly found: Mean;
  readonly kind: IntervalKind;
  readonly form: (value: number) => string;
  /** Behind the number: " points". */
  readonly unit?: string;
  readonly works: readonly string[];
}

/** The study has not what it takes: why, as a sentence. */
export function notTestable(sentence: string, works: readonly string[] = []): Judgement {
  return { verdict: 'not testable here', sentence, works };
}

/** Supported where the whole interval lies on the side that the claim says, not supported where it lies on the other. */
export function bySide(side: 'above' | 'below', contrast: Contrast | string): Judgement {
  if (typeof contrast === 'string') return notTestable(contrast);
  const { what, found, kind, form, unit = '', works } = contrast;
  const { mean, interval, n } = found;
  if (n < LEAST) return notTestable(`${what}: ${itemsText(n)}.`, works);
  if (!interval)
    return {
      verdict: 'undecided',
      sentence: `${what}: ${form(mean)}${unit}, without an interval (n = ${n}).`,
      works,
    };
  const sentence = `${what}: ${form(mean)}${unit} (${intervalName(kind)}: ${spanText(interval, form)}, ${itemsText(n)}).`;
  return { verdict: sideOf(side, interval), sentence, works };
}

function sideOf(
  side: 'above' | 'below',
  { low, high }: { readonly low: number; readonly high: number },
): Verdict {
  const [held, turned] = side === 'above' ? [low > 0, high < 0] : [high < 0, low > 0];
  return held ? 'supported' : turned ? 'not supported' : 'undecided';
}

/** What such a rule says: "supported where the 95 % interval of Mid − Early lies above 0, …". */
export function sideRule(of: string, side: 'above' | 'below' = 'above'): string {
  const other = side === 'above' ? 'below' : 'above';
  return `Supported where the 95 % interval of ${of} lies ${side} 0, not supported where it lies ${other} 0, undecided where it holds 0.`;
}

/** How a difference of shares is said: "+12.5 points". */
export const POINTS = { form: points, unit: ' points' } as const;

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

export const TOO_FEW_LAYERS = 'The models have fewer than three layers: there are no thirds.';
