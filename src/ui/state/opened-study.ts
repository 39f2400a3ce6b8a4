import type { Journals } from '../../study/journal/journals.ts';
import type { StudyResult } from '../../study/study-result.ts';
import type { ListedWork } from './shown-part.ts';

/** Of the study that travels with the app. */
export const CARRIED_STUDY = 'carried';

/** A study at hand: nothing of it needs a model. */
export interface OpenedStudy {
  /** `CARRIED_STUDY`, or what it is kept under. */
  readonly id: string;
  readonly name: string;
  /** What was asked and found, in short. */
  readonly result: StudyResult;
  /** The same as its file has it, where that is said in another language here. */
  readonly kept?: StudyResult;
  /** Its records. */
  readonly journals: Journals;
  /** What of it can be shown. */
  readonly works: readonly ListedWork[];
}
