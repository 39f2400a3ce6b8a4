import type { Origin } from '../../study/journal/other-builds.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { t } from './texts.ts';
import { toldFacts } from './told-facts.ts';

/** The same, with who computed the numbers where that is another build. */
export function withOrigin(facts: PageFacts | null, origin: Origin | null): PageFacts | null {
  if (!facts || !origin) return facts;
  const own = { ...facts, ...(origin.carried ? { carried: origin.key } : {}) };
  return toldFacts(own, () => ({
    ...{ done: facts.done, on: facts.on },
    remarks: [...facts.remarks, t.origin(origin)],
  }));
}
