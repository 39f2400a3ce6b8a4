import { untrack } from 'svelte';
import type { AnalysisResult } from '../../study/study-result.ts';
import { workWords } from '../analyses/work-words.ts';
import { language } from '../language/texts.ts';
import { CARRIED_STUDY, type OpenedStudy } from '../state/opened-study.ts';
import type { ListedWork } from '../state/shown-part.ts';
import { type AroundStudies, StudyWork } from './study-work.svelte.ts';
import { t } from './texts.ts';

/**
 * A study in the language that is spoken: its works as lists have them, and what was found as its records say it again. In English that is
 * as its file has it, and so is in any language what its records do not say. Files are written of the study itself.
 */
export class SpokenStudy {
  readonly #kept: () => OpenedStudy | null;
  /** What the records of each work say. */
  #said = $state.raw<ReadonlyMap<string, readonly string[]>>(new Map());
  #works = $derived.by(() => this.#kept()?.works.map((work) => ({ ...work, ...workWords(work) })) ?? []);

  /** Made while a component is. */
  constructor(stores: AroundStudies, kept: () => OpenedStudy | null) {
    this.#kept = kept;
    $effect(() => {
      const study = kept();
      this.#said = new Map();
      if (!study || language() === 'en') return;
      let isWanted = true;
      const works = untrack(() => study.works.map((work) => new StudyWork(stores, study, work)));
      void (async () => {
        for (const own of works) {
          // What cannot be laid out stays as the file says it; its evidence says why.
          await own.lay().catch(() => null);
          if (!isWanted) return;
          this.#said = new Map(this.#said).set(idOf(own.work), own.sentences);
        }
      })();
      return () => (isWanted = false);
    });
  }

  study = $derived.by((): OpenedStudy | null => {
    const kept = this.#kept();
    if (!kept) return null;
    if (language() === 'en') return { ...kept, works: this.#works };
    const name = spokenName(kept);
    const analyses = kept.result.analyses.map((one) => ({ ...one, findings: [...this.#found(one)] }));
    return {
      ...kept,
      name,
      result: { ...kept.result, name, analyses },
      kept: kept.result,
      works: this.#works,
    };
  });

  /** Sentence for sentence as the file has them, since slides name them by their places. */
  #found({ name, works, findings }: AnalysisResult): readonly string[] {
    const said = works.flatMap(({ key }) => this.#said.get(idOf({ key, analysis: name })) ?? []);
    return said.length === findings.length ? said : findings;
  }
}

/** What a study is called in the language that is spoken: what travels with the app has a name in each. */
export function spokenName({ id, name }: Pick<OpenedStudy, 'id' | 'name'>): string {
  return id === CARRIED_STUDY ? t.demoFamily : name;
}

const idOf = ({ key, analysis }: Pick<ListedWork, 'key' | 'analysis'>): string => `${key} ${analysis}`;
