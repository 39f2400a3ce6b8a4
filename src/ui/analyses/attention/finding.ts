import { words } from '../../../analyses/attention/words.mjs';
import { LEAST } from '../../../few-items.mjs';
import type { AttentionDifference } from '../../../probes/attention/difference.ts';
import type { ModelLayers } from '../../../probes/attention/layer-means.ts';

/** Where two models differ in attention mass, where that is told at any layer; else null. */
export function attentionFinding(
  models: readonly [before: ModelLayers, after: ModelLayers],
  differences: readonly AttentionDifference[],
): string | null {
  const told = differences.some(
    ({ mass: { n, interval } }) => n >= LEAST && interval && (interval.low > 0 || interval.high < 0),
  );
  return told ? words.findings.shift(models, differences) : null;
}
