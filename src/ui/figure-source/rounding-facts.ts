import type { MergePlan } from '../../merge/plan/plan.ts';
import { type Scheme, schemeLabel } from '../../merge/quantize/scheme.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { t } from './texts.ts';
import { toldFacts } from './told-facts.ts';

/** What the chart of what rounding loses carries (docs/method.md §16). @param command that writes the same; null where none does */
export function roundingFacts(
  { recipe, donors }: Pick<MergePlan, 'recipe' | 'donors'>,
  scheme: Scheme,
  command: string | null,
): PageFacts {
  const label = schemeLabel(scheme);
  const facts = {
    ...{ analysis: 'quantize', method: '§16', seed: null, dtype: label, device: 'cpu', command },
    checkpoints: donors.map(({ name, checkpoint: folder, fingerprint }) => ({ name, folder, fingerprint })),
    settings: { recipe, ...scheme },
  };
  return toldFacts(facts, () => ({
    ...{ done: t.rounding(label), on: null },
    remarks: command === null ? [t.noCommand] : [],
  }));
}
