import { maxIndex } from 'd3';
import { declaration } from '../../../analyses/attention/declaration.mjs';
import { words } from '../../../analyses/attention/words.mjs';
import { LEAST } from '../../../few-items.mjs';
import type { AttentionDifference } from '../../../probes/attention/difference.ts';
import type { ModelLayers } from '../../../probes/attention/layer-means.ts';
import { wordsOf } from '../words-of.ts';

/** Where two models differ most in attention mass, where the interval there leaves zero out; else null. */
export function attentionFinding(
  models: readonly [before: ModelLayers, after: ModelLayers],
  differences: readonly AttentionDifference[],
): string | null {
  const widest = maxIndex(differences, ({ mass }) => Math.abs(mass.mean));
  const { n = 0, interval = null } = differences[widest]?.mass ?? {};
  const told = n >= LEAST && interval !== null && (interval.low > 0 || interval.high < 0);
  return told ? wordsOf({ declaration, words }).findings.shift(models, differences) : null;
}
