import type { PageFacts } from '../charts/export/figure-facts.ts';

/** What stands in sentences on a picture: read anew each time, in the language that is spoken by then. Files ask for it in English. */
type Told = Pick<PageFacts, 'done' | 'on' | 'remarks'>;

/** Facts whose sentences are told when they are read. */
export function toldFacts(facts: Omit<PageFacts, keyof Told>, told: () => Told): PageFacts {
  return {
    ...facts,
    get done() {
      return told().done;
    },
    get on() {
      return told().on;
    },
    get remarks() {
      return told().remarks;
    },
  };
}
