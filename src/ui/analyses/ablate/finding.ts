import { declaration } from '../../../analyses/ablate/declaration.mjs';
import { words } from '../../../analyses/ablate/words.mjs';
import type { ErrorRate } from '../../../probes/ablation/error-rates.ts';
import { t } from '../../charts/texts.ts';
import { wordsOf } from '../words-of.ts';

/** How many answers are wrong without the layers that cost most, where the interval of what they cost leaves zero out; else null. */
export function ablateFinding(baseline: ErrorRate | undefined, layers: readonly ErrorRate[]): string | null {
  const highest = Math.max(...layers.map(({ errorRate }) => errorRate));
  const worst = layers.filter(({ errorRate }) => errorRate === highest);
  const drop = worst[0]?.drop;
  if (!baseline || !drop || drop.interval.high >= 0) return null;
  const { findings } = wordsOf({ declaration, words });
  return t.sentences([findings.baseline(baseline), findings.worst(worst)]);
}
