import { declaration } from '../../analyses/gap/declaration.mjs';
import { words } from '../../analyses/gap/words.mjs';
import { type GapRow, undecidedOf } from '../../evaluation/perception/gap-table.ts';
import { wordsOf } from '../analyses/words-of.ts';

/**
 * What seeing costs a model: at which kind of puzzles most, where that is beyond chance among all kinds; else over all puzzles, where the
 * interval leaves zero out. Null where neither is told.
 */
export function gapFinding(row: GapRow | undefined): string | null {
  if (!row) return null;
  const { findings } = wordsOf({ declaration, words });
  const { variant, families, pooled } = row;
  const { all } = pooled;
  const widest = families.reduce<(typeof families)[number] | null>(
    (best, one) => (best && best.gap.delta >= one.gap.delta ? best : one),
    null,
  );
  if (widest && widest.gap.delta > 0 && widest.adjustedP <= 0.05)
    return findings.widest(variant, families) || null;
  const { low, high } = all?.gap.interval ?? { low: 0, high: 0 };
  return all && (low > 0 || high < 0) ? findings.gap(variant, all, undecidedOf(all)) : null;
}
