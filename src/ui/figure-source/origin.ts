import { type Origin, originText } from '../../study/journal/other-builds.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';

/** The same, with who computed the numbers where that is another build. */
export function withOrigin(facts: PageFacts | null, origin: Origin | null): PageFacts | null {
  if (!facts || !origin) return facts;
  const text = originText(origin);
  return {
    ...facts,
    ...(origin.carried ? { carried: origin.key } : {}),
    remarks: [...facts.remarks, `${text.charAt(0).toUpperCase()}${text.slice(1)}.`],
  };
}
