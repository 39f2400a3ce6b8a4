import type { MergePlan } from '../../merge/plan/plan.ts';
import { type Scheme, schemeLabel } from '../../merge/quantize/scheme.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';

/** What the chart of what rounding loses carries (docs/method.md §16). @param command that writes the same; null where none does */
export function roundingFacts(
  { recipe, donors }: Pick<MergePlan, 'recipe' | 'donors'>,
  scheme: Scheme,
  command: string | null,
): PageFacts {
  const label = schemeLabel(scheme);
  return {
    ...{ analysis: 'quantize', method: '§16', seed: null, dtype: label, device: 'cpu', command },
    ...{ done: `Rounding to ${label}`, on: null },
    checkpoints: donors.map(({ name, checkpoint: folder, fingerprint }) => ({ name, folder, fingerprint })),
    settings: { recipe, ...scheme },
    remarks: command === null ? ['No command takes what this is made of.'] : [],
  };
}
